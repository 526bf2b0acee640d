package io.coterie.replication.internal.watch;

import io.coterie.replication.internal.shares.LoopShares;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ScannedKey;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The watches of one node at a replica, and the accepted states that were not compared with them
 * yet. An accept costs no more for a node with many watches than for one with few: the comparison
 * with each watch counts for the node's share of the loop, and waits for its turn where the share
 * is used up. Where too many states wait, all watches of the node miss them.
 */
final class CallerWatches {
    private static final int MAX_WAITING = 1024;
    private static final int MAX_WAITING_BYTES = 1 << 20;

    /** The cost of one comparison with a watch, in bytes that could be sent in that time. */
    private static final int COMPARISON_BYTES = 64;

    /** By the numbers that the node gave them. */
    private final Map<Long, WatchMemory> watches = new HashMap<>();

    /**
     * A copy for iterations, because an event may begin or end watches; null where the watches have
     * changed.
     */
    private @Nullable List<WatchMemory> listed;

    final NodeId node;
    private final LoopShares shares;
    private final WatchMemory.EventBytes bytesOfAll;
    private final Runnable turn = this::deliverWaiting;
    private final ArrayDeque<Accepted> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean isInTurn;

    private record Accepted(RecordKey key, ScannedKey event) {}

    CallerWatches(NodeId node, LoopShares shares, WatchMemory.EventBytes bytesOfAll) {
        this.node = node;
        this.shares = shares;
        this.bytesOfAll = bytesOfAll;
    }

    @Nullable
    WatchMemory find(long watch) {
        return watches.get(watch);
    }

    void begin(long watch, WatchMemory memory) {
        watches.put(watch, memory);
        listed = null;
    }

    @Nullable
    WatchMemory end(long watch) {
        WatchMemory ended = watches.remove(watch);
        if (ended != null) {
            listed = null;
            ended.end();
        }
        return ended;
    }

    /** Ends the watches that have not asked for so long, and returns them. */
    List<WatchMemory> endSilent(long now, long nanos) {
        List<WatchMemory> silent = new ArrayList<>();
        watches.values().removeIf(watch -> now - watch.asked >= nanos && silent.add(watch));
        if (!silent.isEmpty()) {
            listed = null;
            silent.forEach(WatchMemory::end);
        }
        return silent;
    }

    boolean isIdle() {
        return watches.isEmpty();
    }

    int count() {
        return watches.size();
    }

    List<WatchMemory> all() {
        List<WatchMemory> known = listed;
        if (known == null) {
            known = List.copyOf(watches.values());
            listed = known;
        }
        return known;
    }

    /** The replica has accepted something. */
    void accepted(RecordKey key, ScannedKey event) {
        if (waiting.isEmpty() && shares.begins(node)) {
            deliver(key, event);
            return;
        }
        waiting.add(new Accepted(key, event));
        count(event.size());
        if (waiting.size() > MAX_WAITING || waitingBytes > MAX_WAITING_BYTES) {
            missWaiting();
        } else {
            deliverInTurn();
        }
    }

    /** Drops all states that wait: the watches miss them. */
    void missWaiting() {
        if (!waiting.isEmpty()) {
            dropWaiting();
            shares.charge(node, (long) COMPARISON_BYTES * watches.size());
            all().forEach(WatchMemory::miss);
        }
    }

    void dropWaiting() {
        waiting.clear();
        count(-waitingBytes);
    }

    private void deliverInTurn() {
        if (!isInTurn) {
            isInTurn = true;
            shares.later(node, turn);
        }
    }

    private void deliverWaiting() {
        isInTurn = false;
        while (!waiting.isEmpty()) {
            Accepted next = waiting.remove();
            count(-next.event().size());
            deliver(next.key(), next.event());
            if (!waiting.isEmpty() && !shares.mayContinue(node)) {
                isInTurn = true;
                shares.continueLater(node, 0, null, turn);
                return;
            }
        }
    }

    private void deliver(RecordKey key, ScannedKey event) {
        shares.charge(node, (long) COMPARISON_BYTES * watches.size());
        List<WatchMemory> asked = all();
        for (int i = 0; i < asked.size(); i++) {
            WatchMemory watch = asked.get(i);
            if (watch.wants(key)) {
                watch.add(event);
            }
        }
    }

    private void count(long more) {
        waitingBytes += more;
        bytesOfAll.sum += more;
    }
}
