package io.coterie.rpc.internal.server;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.internal.util.LongMap;
import io.coterie.rpc.internal.util.PeerTable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a node keeps of a peer that calls it: its requests that are not answered yet, and which of them wait for a handler. */
final class CallingPeer implements PeerTable.Entry {
    private static final int FEW = 64;
    private static final long TIDY_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    final NodeId id;

    /** In the order of their arrival; {@link WaitingRequests} alone changes it. */
    final Deque<ServerCall<?, ?>> waiting = new ArrayDeque<>();

    /** By the number that the peer knows them by, which is its own: two peers may use the same. */
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
     * @param memoryNanos how long those that must not be executed twice are remembered after their time
     */
    boolean mayOpen(int most, long now, long memoryNanos) {
        if (open.size() == 0) {
            tidiedAt = now - TIDY_PAUSE_NANOS;
        }
        // A full table is looked through once in a while: a request that is turned away must not cost more than one let
        // in.
        if (open.size() >= tidyAt || (open.size() >= most && now - tidiedAt >= TIDY_PAUSE_NANOS)) {
            tidy(now, memoryNanos);
        }
        return open.size() < most;
    }

    /** A request came that will be answered. */
    void opened(ServerCall<?, ?> call) {
        open.put(call.correlation(), call);
    }

    /**
     * Forgets requests that nobody will ask about: those of handlers that never answer would otherwise pile up.
     *
     * @param memoryNanos how long those that must not be executed twice are remembered after their time
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

    /** The peer knows it by another number from now on. */
    void renamed(ServerCall<?, ?> call, long correlation) {
        closed(call);
        open.put(correlation, call);
    }

    /** It will not be answered any more. */
    void closed(ServerCall<?, ?> call) {
        if (open.get(call.correlation()) == call) {
            open.remove(call.correlation());
        }
    }

    @Nullable
    ServerCall<?, ?> find(long correlation) {
        return open.get(correlation);
    }

    /** A copy of what waits. */
    List<ServerCall<?, ?>> waitingNow() {
        return List.copyOf(waiting);
    }

    @Override
    public boolean isIdle() {
        return open.size() == 0 && waiting.isEmpty();
    }
}
