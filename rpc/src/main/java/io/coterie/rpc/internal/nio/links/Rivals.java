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
 * Newcomers that have the name of a node that is connected, and its start id or a later start. Such
 * a newcomer may be the same node, which has lost its connection and dials again, or was started
 * again; then its machine answers the old connection with a reset, unless it comes from another
 * machine. It may also be another node: whoever was ever connected to a node knows its start id,
 * and two nodes may be started with one name by mistake. So the first connection is pinged, and the
 * newcomers wait. If the first shows a sign of life, it stays and they are refused. If it breaks,
 * or is silent for too long, they are accepted.
 */
final class Rivals {
    /**
     * How long the first must have been silent in all. Longer than the second after which the
     * receiver of a large message, which pings wait behind, reports progress.
     */
    static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** How long it has for an answer to the ping: far more than a round trip. */
    static final long ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** A check that comes so much too late shows nothing about the first connection. */
    static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final EventLoop loop;
    private final BiConsumer<Connection, String> giveUp;
    private final Map<Connection, Question> questions = new HashMap<>();

    /** Waits for the outcome of a ping of the first connection; called on the loop. */
    interface Newcomer {
        void onFirstAlive();

        void onFirstGone();
    }

    private static final class Question {
        final long asked = System.nanoTime();
        final long wait;
        boolean wasLate;
        final Set<Newcomer> newcomers = new LinkedHashSet<>();

        Question(Connection first) {
            wait = Math.max(ANSWER_NANOS, SILENCE_NANOS - (asked - first.lastSign()));
        }
    }

    /** @param giveUp closes a connection, for the reason given */
    Rivals(EventLoop loop, BiConsumer<Connection, String> giveUp) {
        this.loop = loop;
        this.giveUp = giveUp;
    }

    /**
     * Makes a newcomer wait. The first connection is pinged once for all newcomers, even if one
     * leaves.
     */
    void ask(Connection first, Newcomer newcomer) {
        Question question = questions.get(first);
        if (question == null) {
            question = new Question(first);
            questions.put(first, question);
            first.send(Frame.PING);
            Question toJudge = question;
            loop.schedule(question.wait, () -> judge(first, toJudge));
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
        // A pong that was sent before the newcomer dialed counts, too; the newcomer then dials once
        // more.
        Question question = questions.remove(first);
        if (question != null) {
            newcomersOf(question).forEach(Newcomer::onFirstAlive);
        }
    }

    /** A connection is no longer in use. */
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
        if (!question.wasLate && System.nanoTime() - question.asked > question.wait + LATE_NANOS) {
            // This process was paused. What the first sent meanwhile may not have been read yet.
            question.wasLate = true;
            loop.schedule(LATE_NANOS, () -> judge(first, question));
            return;
        }
        first.writeBlocked();
        if (first.lastSign() - question.asked > 0) {
            onPong(first);
        } else {
            giveUp.accept(first, "another connection came in under its name, and this one does not answer a ping");
        }
    }

    /** A copy, because a call of one newcomer may end another. */
    private static List<Newcomer> newcomersOf(Question question) {
        return new ArrayList<>(question.newcomers);
    }
}
