package io.coterie.rpc.internal.server;

import io.coterie.rpc.internal.events.NodeCounters;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for a handler. Callers take turns, each with its oldest request. If there
 * is no room, the caller that has the most loses its newest one (fair queueing, Nagle, RFC 970). So
 * a caller that floods a node delays itself, and not the others.
 */
final class WaitingRequests {
    private final int most;
    private final NodeCounters.Counter count;

    /** The callers that have requests here, in the order of their turns. */
    private final Deque<CallingPeer> turns = new ArrayDeque<>();

    private int size;

    /** @param count the metric of how many wait */
    WaitingRequests(int most, NodeCounters.Counter count) {
        this.most = most;
        this.count = count;
    }

    boolean isFull() {
        return size >= most;
    }

    /** How many requests would be served before a new one of that caller. */
    long ahead(CallingPeer caller) {
        long rounds = caller.waiting.size() + 1L;
        return Math.min(size, rounds * turns.size());
    }

    void add(ServerCall<?, ?> call) {
        CallingPeer caller = call.peer();
        if (caller.waiting.isEmpty()) {
            turns.addLast(caller);
        }
        caller.waiting.addLast(call);
        resized(1);
    }

    /** Removes and returns the request to serve next, or returns null. */
    @Nullable
    ServerCall<?, ?> next() {
        CallingPeer caller = turns.pollFirst();
        if (caller == null) {
            return null;
        }
        ServerCall<?, ?> call = caller.waiting.removeFirst();
        resized(-1);
        if (!caller.waiting.isEmpty()) {
            turns.addLast(caller);
        }
        return call;
    }

    /**
     * Removes and returns the newest request of the caller with the most, if that has more than the
     * newcomer would; else null.
     */
    @Nullable
    ServerCall<?, ?> makeRoomFor(CallingPeer newcomer) {
        CallingPeer longest = newcomer;
        for (CallingPeer caller : turns) {
            if (caller.waiting.size() > longest.waiting.size()) {
                longest = caller;
            }
        }
        if (longest.waiting.size() <= newcomer.waiting.size() + 1) {
            return null;
        }
        resized(-1);
        return longest.waiting.removeLast();
    }

    /** Removes a request. Returns whether it was waiting. */
    boolean remove(ServerCall<?, ?> call) {
        CallingPeer caller = call.peer();
        if (!caller.waiting.remove(call)) {
            return false;
        }
        resized(-1);
        if (caller.waiting.isEmpty()) {
            turns.remove(caller);
        }
        return true;
    }

    private void resized(int by) {
        size += by;
        count.set(size);
    }
}
