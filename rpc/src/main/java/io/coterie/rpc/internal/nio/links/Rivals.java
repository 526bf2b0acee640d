package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.internal.nio.connection.Connection;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.loop.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Newcomers under a name, and with the start id, of a node that is connected. A node that has lost its connection dials again, and the
 * machine that it runs on answers what comes over the old one with a reset; anybody who was ever connected to it knows its start id, and
 * can dial in its place. So the first connection is pinged, and the newcomers wait for what comes of that: while it gives a sign of life
 * it stays, and they are refused; when it breaks, or is silent for too long, their turn has come.
 */
final class Rivals {
    /** Who receives a large message that its pings wait behind says so once a second. */
    static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** A look that comes later than that after the question tells nothing of the first connection. */
    static final long LATE_NANOS = SILENCE_NANOS + TimeUnit.MILLISECONDS.toNanos(500);

    private final EventLoop loop;
    private final BiConsumer<Connection, String> giveUp;
    private final Map<Connection, Question> questions = new HashMap<>();

    /** Waits for what comes of a first connection; is told on the loop. */
    interface Newcomer {
        void onFirstAlive();

        void onFirstGone();
    }

    private static final class Question {
        final long asked = System.nanoTime();
        boolean wasLate;
        final Set<Newcomer> newcomers = new LinkedHashSet<>();
    }

    /** @param giveUp ends a connection, for the reason given */
    Rivals(EventLoop loop, BiConsumer<Connection, String> giveUp) {
        this.loop = loop;
        this.giveUp = giveUp;
    }

    /** Has a newcomer wait. One that leaves does not take the question with it: the first is pinged once for all of them. */
    void ask(Connection first, Newcomer newcomer) {
        Question question = questions.get(first);
        if (question == null) {
            question = new Question();
            questions.put(first, question);
            first.send(Frame.PING);
            Question toJudge = question;
            loop.schedule(SILENCE_NANOS, () -> judge(first, toJudge));
        }
        question.newcomers.add(newcomer);
    }

    void forget(Connection first, Newcomer newcomer) {
        Question question = questions.get(first);
        if (question != null) {
            question.newcomers.remove(newcomer);
        }
    }

    /** The other end of a connection has answered a ping. */
    void onPong(Connection first) {
        // One that was sent before the newcomer dialed is taken for the answer, too: the newcomer dials once more then.
        Question question = questions.remove(first);
        if (question != null) {
            newcomersOf(question).forEach(Newcomer::onFirstAlive);
        }
    }

    /** A connection is not in use any more. */
    void onGone(Connection first) {
        Question question = questions.remove(first);
        if (question != null) {
            newcomersOf(question).forEach(Newcomer::onFirstGone);
        }
    }

    private void judge(Connection first, Question question) {
        if (questions.get(first) != question) {
            return;
        }
        if (!question.wasLate && System.nanoTime() - question.asked > LATE_NANOS) {
            // This process stood still. What the first sent meanwhile may not have been read yet.
            question.wasLate = true;
            loop.schedule(LATE_NANOS - SILENCE_NANOS, () -> judge(first, question));
            return;
        }
        first.writeBlocked();
        if (first.lastSign() - question.asked > 0) {
            onPong(first);
        } else {
            giveUp.accept(first, "another connection was dialed under its name, and this one does not answer a ping");
        }
    }

    /** A copy: to tell one may end another. */
    private static List<Newcomer> newcomersOf(Question question) {
        return new ArrayList<>(question.newcomers);
    }
}
