package io.coterie.replication.internal.watch;

import io.coterie.replication.internal.policy.WatchAnswer;
import io.coterie.replication.internal.policy.WatchRequest;
import io.coterie.replication.internal.shares.LoopShares;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ScannedKey;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A replica's memory of one watch: its undelivered events, and the request that waits for them. */
final class WatchMemory {
    private static final int MAX_EVENTS = 1024;
    private static final int MAX_BYTES = 4 << 20;
    private static final int ANSWER_OVERHEAD_BYTES = 32;

    /** The random number that stands for the start of the watch. */
    final long start;

    /** When the watch asked last, as a reading of the clock. */
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

    /** Whether the next answer waits for the node's turn. */
    private boolean isInTurn;

    /** Whether the request is answered even without events. */
    private boolean isDue;

    /** The bytes of the events of all watches at a replica. */
    static final class EventBytes {
        long sum;
    }

    WatchMemory(NodeId node, WatchRequest wanted, long start, LoopShares shares, EventBytes all) {
        this.node = node;
        this.wanted = wanted;
        this.start = start;
        this.shares = shares;
        this.all = all;
    }

    /** The watch has ended. */
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

    /** The next answer shows that the watch missed events. */
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

    /** The watch asks for events that it has not seen. */
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

    /** Answers the request even without events. */
    void answerEvenNothing() {
        isDue = true;
        answerInTurn();
    }

    /**
     * All watches of a node may have the same large event, so answers wait for the node's turn like
     * its requests.
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
     * Answers the request that waits, with as many events as fit into a message and the node's
     * share. One event always fits, because it came in a message.
     */
    void answer() {
        isDue = false;
        Responder<WatchAnswer> asker = waiting;
        if (asker == null) {
            return;
        }
        waiting = null;
        shares.charge(node, LoopShares.MESSAGE_BYTES);
        List<ScannedKey> delivered = new ArrayList<>();
        long room = Math.min(maxPayloadBytes - ANSWER_OVERHEAD_BYTES, shares.room(node));
        for (ScannedKey event : events) {
            room -= event.size();
            if (room < 0 && !delivered.isEmpty()) {
                break;
            }
            delivered.add(event);
            shares.charge(node, event.size());
        }
        asker.reply(new WatchAnswer(start, first, delivered));
    }
}
