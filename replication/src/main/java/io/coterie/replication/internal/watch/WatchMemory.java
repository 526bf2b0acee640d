package io.coterie.replication.internal.watch;

import io.coterie.replication.RecordKey;
import io.coterie.replication.ScannedKey;
import io.coterie.replication.WatchAnswer;
import io.coterie.replication.WatchRequest;
import io.coterie.replication.internal.shares.LoopShares;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.Responder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A replica's memory of one watch: what it was not told yet, and who waits for that. */
final class WatchMemory {
    private static final int MAX_EVENTS = 1024;
    private static final int MAX_BYTES = 4 << 20;
    private static final int ANSWER_OVERHEAD_BYTES = 32;

    final long life;

    /** As a reading of the clock, when it asked last. */
    long asked;

    private final NodeId node;
    private final WatchRequest wanted;
    private final LoopShares shares;
    private final EventBytes all;
    private final Runnable turn = this::answerNow;
    private final ArrayDeque<ScannedKey> events = new ArrayDeque<>();

    /** The number of the first of the events. */
    private long first = 1;

    private long bytes;
    private boolean ended;
    private long seen;
    private int maxPayloadBytes;
    private @Nullable Responder<WatchAnswer> waiting;

    /** Whether its next answer waits for its node's turn. */
    private boolean isInTurn;

    /** Whether it is answered even if there is nothing to tell. */
    private boolean isDue;

    /** What the events of all watches at a replica come to. */
    static final class EventBytes {
        long sum;
    }

    WatchMemory(NodeId node, WatchRequest wanted, long life, LoopShares shares, EventBytes all) {
        this.node = node;
        this.wanted = wanted;
        this.life = life;
        this.shares = shares;
        this.all = all;
    }

    /** Nobody asks for it any more. */
    void end() {
        ended = true;
        dropAll();
    }

    boolean wants(RecordKey key) {
        return !ended
                && key.store() == wanted.store()
                && (wanted.single() ? Arrays.equals(key.bytes(), wanted.prefix()) : key.startsWith(wanted.prefix()));
    }

    int prefixBytes() {
        return wanted.prefix().length;
    }

    long bytes() {
        return bytes;
    }

    void add(ScannedKey event) {
        events.add(event);
        count(event.size());
        while (events.size() > MAX_EVENTS || (bytes > MAX_BYTES && events.size() > 1)) {
            drop();
        }
        answerInTurn();
    }

    /** It learns that there was something that it will not be told. */
    void miss() {
        dropAll();
        first++;
        answerInTurn();
    }

    void dropAll() {
        while (!events.isEmpty()) {
            drop();
        }
    }

    private void drop() {
        count(-events.remove().size());
        first++;
    }

    private void count(int more) {
        bytes += more;
        all.sum += more;
    }

    /** It asks for what it has not seen. */
    void ask(WatchRequest request, boolean isNew, int payloadBytes, Responder<WatchAnswer> answer) {
        if (!isNew) {
            while (first <= request.seen() && !events.isEmpty()) {
                drop();
            }
        }
        answer();
        seen = request.seen();
        maxPayloadBytes = payloadBytes;
        waiting = answer;
        if (isNew || hasNews()) {
            answer();
        }
    }

    private boolean hasNews() {
        return !events.isEmpty() || first > seen + 1;
    }

    /** It is answered, be it that there is nothing. */
    void answerEvenNothing() {
        isDue = true;
        answerInTurn();
    }

    /**
     * An event that all watches of a node have may be a large one: it is told with the rest of what
     * its node asks for.
     */
    private void answerInTurn() {
        if (waiting != null && !isInTurn) {
            isInTurn = true;
            shares.later(node, turn);
        }
    }

    private void answerNow() {
        isInTurn = false;
        if (isDue || hasNews()) {
            answer();
        }
    }

    /**
     * Answers who waits, with as much as goes into a message and its node's share; one event always
     * does, as it came in one.
     */
    void answer() {
        isDue = false;
        Responder<WatchAnswer> asker = waiting;
        if (asker == null) {
            return;
        }
        waiting = null;
        shares.charge(node, LoopShares.MESSAGE_BYTES);
        List<ScannedKey> told = new ArrayList<>();
        long room = Math.min(maxPayloadBytes - ANSWER_OVERHEAD_BYTES, shares.room(node));
        for (ScannedKey event : events) {
            room -= event.size();
            if (room < 0 && !told.isEmpty()) {
                break;
            }
            told.add(event);
            shares.charge(node, event.size());
        }
        asker.reply(new WatchAnswer(life, first, told));
    }
}
