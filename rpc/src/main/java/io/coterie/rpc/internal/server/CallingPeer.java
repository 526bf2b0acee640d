package io.coterie.rpc.internal.server;

import io.coterie.rpc.internal.util.LongMap;
import io.coterie.rpc.internal.util.PeerTable;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The state of a peer that calls this node: its unanswered requests, and which of them wait for a
 * handler.
 */
final class CallingPeer implements PeerTable.Entry {
    private static final int FEW = 64;
    private static final long TIDY_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    final NodeId id;

    /** In the order of their arrival; {@link WaitingRequests} alone changes it. */
    final Deque<ServerCall<?, ?>> waiting = new ArrayDeque<>();

    /**
     * The unanswered requests by the peer's number for them. Two peers may use the same numbers.
     */
    private final LongMap<ServerCall<?, ?>> open = new LongMap<>();

    private int tidyAt = FEW;
    private long tidiedAt;

    CallingPeer(NodeId id) {
        this.id = id;
    }

    /**
     * Whether another request may come in.
     *
     * @param most how many may be unanswered at once
     * @param memoryNanos how long calls that must not be executed twice are remembered after their
     *     deadline
     */
    boolean mayOpen(int most, long now, long memoryNanos) {
        if (open.size() == 0) {
            tidiedAt = now - TIDY_PAUSE_NANOS;
        }
        // A full table is searched only once in a while: a request that is refused must not
        // cost more than one that is let in.
        if (open.size() >= tidyAt || (open.size() >= most && now - tidiedAt >= TIDY_PAUSE_NANOS)) {
            tidy(now, memoryNanos);
        }
        return open.size() < most;
    }

    /** Adds a request that will be answered. */
    void opened(ServerCall<?, ?> call) {
        open.put(call.correlation(), call);
    }

    /**
     * Forgets requests whose answer nobody will ask for: those of handlers that never answer would
     * otherwise pile up.
     *
     * @param memoryNanos how long calls that must not be executed twice are remembered after their
     *     deadline
     */
    void tidy(long now, long memoryNanos) {
        for (ServerCall<?, ?> call : open.values()) {
            if (call.isPast(now, memoryNanos)) {
                call.forget();
            }
        }
        tidyAt = Math.max(FEW, 2 * open.size());
        tidiedAt = now;
    }

    /** The peer has another number for it from now on. */
    void renamed(ServerCall<?, ?> call, long correlation) {
        closed(call);
        open.put(correlation, call);
    }

    /** Removes a request that was answered, or will not be. */
    void closed(ServerCall<?, ?> call) {
        if (open.get(call.correlation()) == call) {
            open.remove(call.correlation());
        }
    }

    @Nullable
    ServerCall<?, ?> find(long correlation) {
        return open.get(correlation);
    }

    /** A copy of the requests that wait. */
    List<ServerCall<?, ?>> waitingNow() {
        return List.copyOf(waiting);
    }

    @Override
    public boolean isIdle() {
        return open.size() == 0 && waiting.isEmpty();
    }
}
