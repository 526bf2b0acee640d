package io.coterie.rpc.internal.client;

import io.coterie.rpc.internal.util.FibonacciHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The calls in flight, by correlation id, each with its deadline. It is one flat table with open
 * addressing, so a call costs no allocation to enter and to leave it. The table is not ordered by
 * deadline: nearly all calls end long before theirs, so it is cheap to look through all of them
 * once in a while for the overdue ones.
 */
final class CallTable {
    private static final int MIN_CAPACITY = 64;

    /**
     * Slots for each microsecond between two searches, so that searches take some 5 % of the time.
     */
    private static final int SLOTS_PER_MICRO = 16;

    private long[] correlations = new long[MIN_CAPACITY];
    private long[] dues = new long[MIN_CAPACITY];
    private @Nullable PendingCall[] calls = new @Nullable PendingCall[MIN_CAPACITY];
    private int size;

    /** A call whose time is over, as {@link #dueBy} found it. */
    private record Overdue(long correlation, long due) {}

    boolean isEmpty() {
        return size == 0;
    }

    @Nullable
    PendingCall get(long correlation) {
        return calls[slotOf(correlation)];
    }

    /** Adds a call. No other may have its correlation id. */
    void put(long correlation, PendingCall call, long due) {
        if (size >= calls.length / 2) {
            resize(calls.length * 2);
        }
        int slot = slotOf(correlation);
        correlations[slot] = correlation;
        dues[slot] = due;
        calls[slot] = call;
        size++;
    }

    /** Takes a call out, or returns null where there is none. */
    @Nullable
    PendingCall remove(long correlation) {
        int slot = slotOf(correlation);
        PendingCall call = calls[slot];
        if (call != null) {
            calls[slot] = null;
            size--;
            closeGap(slot);
        }
        return call;
    }

    /**
     * The correlation ids of the calls that are due by now, in the order of their deadlines. Also
     * releases spare memory.
     */
    List<Long> dueBy(long now) {
        if (calls.length > MIN_CAPACITY && size < calls.length / 16) {
            resize(Math.max(MIN_CAPACITY, Integer.highestOneBit(Math.max(1, size)) * 4));
        }
        List<Overdue> overdue = new ArrayList<>();
        for (int slot = 0; slot < calls.length; slot++) {
            if (calls[slot] != null && dues[slot] - now <= 0) {
                overdue.add(new Overdue(correlations[slot], dues[slot]));
            }
        }
        overdue.sort(
                Comparator.<Overdue>comparingLong(call -> call.due() - now).thenComparingLong(Overdue::correlation));
        return overdue.stream().map(Overdue::correlation).toList();
    }

    /** The correlation ids of the calls whose answer is no longer wanted, in their order. */
    List<Long> unwanted() {
        List<Long> found = new ArrayList<>();
        for (int slot = 0; slot < calls.length; slot++) {
            PendingCall call = calls[slot];
            if (call != null && !call.isWanted()) {
                found.add(correlations[slot]);
            }
        }
        found.sort(null);
        return found;
    }

    /**
     * When to search for overdue calls next: at the first deadline, but not so soon that a large
     * table is searched all the time. Called only while there are calls.
     */
    long nextLook(long now) {
        long wait = Long.MAX_VALUE;
        for (int slot = 0; slot < calls.length; slot++) {
            if (calls[slot] != null) {
                wait = Math.min(wait, dues[slot] - now);
            }
        }
        return now + Math.max(wait, calls.length / SLOTS_PER_MICRO * 1000L);
    }

    /**
     * A copy of the correlation ids whose calls are to that peer, or all of them where it is null,
     * in their order.
     */
    List<Long> to(@Nullable CalledPeer peer) {
        List<Long> found = new ArrayList<>();
        for (int slot = 0; slot < calls.length; slot++) {
            PendingCall call = calls[slot];
            if (call != null && (peer == null || call.peer() == peer)) {
                found.add(correlations[slot]);
            }
        }
        found.sort(null);
        return found;
    }

    private int slotOf(long correlation) {
        int mask = calls.length - 1;
        int slot = home(correlation);
        while (calls[slot] != null && correlations[slot] != correlation) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private int home(long correlation) {
        return FibonacciHash.slot(correlation, Long.SIZE - Integer.numberOfTrailingZeros(calls.length));
    }

    private void closeGap(int from) {
        int mask = calls.length - 1;
        int gap = from;
        int slot = (gap + 1) & mask;
        while (calls[slot] != null) {
            int fromHome = (slot - home(correlations[slot])) & mask;
            int fromGap = (slot - gap) & mask;
            if (fromHome >= fromGap) {
                correlations[gap] = correlations[slot];
                dues[gap] = dues[slot];
                calls[gap] = calls[slot];
                calls[slot] = null;
                gap = slot;
            }
            slot = (slot + 1) & mask;
        }
    }

    private void resize(int capacity) {
        long[] oldCorrelations = correlations;
        long[] oldDues = dues;
        @Nullable PendingCall[] oldCalls = calls;
        correlations = new long[capacity];
        dues = new long[capacity];
        calls = new @Nullable PendingCall[capacity];
        for (int old = 0; old < oldCalls.length; old++) {
            if (oldCalls[old] != null) {
                int slot = slotOf(oldCorrelations[old]);
                correlations[slot] = oldCorrelations[old];
                dues[slot] = oldDues[old];
                calls[slot] = oldCalls[old];
            }
        }
    }

    @Override
    public String toString() {
        return size + " calls in flight: " + Arrays.toString(to(null).toArray());
    }
}
