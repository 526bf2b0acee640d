package io.coterie.simulation.history;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The invocations and returns of operations that have no place yet, in the order of time. It is a
 * linked list in arrays; operations are put back in the reverse order of their removal.
 *
 * <p>Entry {@code i} is the invocation of operation {@code i}, entry {@code n + i} its return,
 * entry {@code 2n} both ends of the list.
 */
final class Timeline {
    private final int size;
    private final int[] next;
    private final int[] previous;
    private final long[] returns;

    /** For each operation, the one that must have its place before; -1 for none. */
    private final int[] behind;

    private final BitSet removed = new BitSet();

    /**
     * A timeline of operations, which are in the order of invocation.
     *
     * @param inProgramOrder whether the operations of a process keep the order of their invocation,
     *     even if they were in flight at the same time
     */
    Timeline(List<Operation> operations, boolean inProgramOrder) {
        behind = inProgramOrder ? programOrder(operations) : new int[operations.size()];
        if (!inProgramOrder) {
            Arrays.fill(behind, -1);
        }
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

    private static int[] programOrder(List<Operation> operations) {
        int[] behind = new int[operations.size()];
        Map<String, Integer> last = new HashMap<>();
        for (int i = 0; i < behind.length; i++) {
            Integer before = last.put(operations.get(i).process(), i);
            behind[i] = before == null ? -1 : before;
        }
        return behind;
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
        int entry = next[operation];
        while (entry < size && behind[entry] >= 0 && !removed.get(behind[entry])) {
            entry = next[entry];
        }
        return entry < size ? entry : -1;
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
        removed.set(operation);
        link(previous[operation], next[operation]);
        link(previous[size + operation], next[size + operation]);
    }

    void putBack(int operation) {
        removed.clear(operation);
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
