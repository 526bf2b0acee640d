package io.coterie.simulation.history;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The invocations and returns of operations that have no place yet, in the order of time: a linked list in arrays, out of
 * which an operation is taken and back into which it is put, last out first in.
 *
 * <p>Entry {@code i} is the invocation of operation {@code i}, entry {@code n + i} its return, entry {@code 2n} both ends.
 */
final class Timeline {
    private final int size;
    private final int[] next;
    private final int[] previous;
    private final long[] returns;

    /** A timeline of operations, which are in the order of invocation. */
    Timeline(List<Operation> operations) {
        size = operations.size();
        next = new int[2 * size + 1];
        previous = new int[2 * size + 1];
        returns = operations.stream().mapToLong(Operation::returned).toArray();
        Integer[] entries = new Integer[2 * size];
        Arrays.setAll(entries, i -> i);
        Arrays.sort(
                entries,
                Comparator.<Integer>comparingLong(
                                e -> e < size ? operations.get(e).invoked() : returns[e - size])
                        .thenComparingInt(e -> e));
        int last = 2 * size;
        for (int entry : entries) {
            link(last, entry);
            last = entry;
        }
        link(last, 2 * size);
    }

    boolean isEmpty() {
        return next[2 * size] == 2 * size;
    }

    /** The operation invoked first; -1 if there is none. */
    int firstInvoked() {
        return nextInvoked(2 * size);
    }

    /** The operation invoked next after one; -1 if a return comes before that. */
    int nextInvoked(int operation) {
        return next[operation] < size ? next[operation] : -1;
    }

    /** The time of the first return. The timeline must not be empty. */
    long firstReturn() {
        int entry = next[2 * size];
        while (entry < size) {
            entry = next[entry];
        }
        return returns[entry - size];
    }

    void remove(int operation) {
        link(previous[operation], next[operation]);
        link(previous[size + operation], next[size + operation]);
    }

    void putBack(int operation) {
        next[previous[size + operation]] = size + operation;
        previous[next[size + operation]] = size + operation;
        next[previous[operation]] = operation;
        previous[next[operation]] = operation;
    }

    private void link(int one, int other) {
        next[one] = other;
        previous[other] = one;
    }
}
