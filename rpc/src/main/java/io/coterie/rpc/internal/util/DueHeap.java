package io.coterie.rpc.internal.util;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A binary heap of entries that are due at a time. Entries know their place in it, so that one can
 * be removed before its time in logarithmic time: most timeouts never come.
 */
public final class DueHeap<E extends DueHeap.Entry> {
    private final List<E> heap = new ArrayList<>();
    private long added;

    /** Something that is due at a time. It is in at most one heap. */
    public abstract static class Entry {
        private long due;
        private long order;
        private int index = -1;

        /** When it is due, in nanoseconds of the node's clock. */
        public final long due() {
            return due;
        }

        private boolean before(Entry other) {
            // By difference: readings of the clock may wrap around.
            return due != other.due ? due - other.due < 0 : order < other.order;
        }
    }

    /** Adds an entry. Those due at the same time come out in the order of their addition. */
    public void add(E entry, long due) {
        Entry fields = entry;
        fields.due = due;
        fields.order = added++;
        heap.add(entry);
        up(entry, heap.size() - 1);
    }

    /** The entry that is due first, or null. */
    public @Nullable E first() {
        return heap.isEmpty() ? null : heap.get(0);
    }

    /** Removes an entry. Returns whether it was in the heap. */
    public boolean remove(E entry) {
        Entry fields = entry;
        int hole = fields.index;
        if (hole < 0) {
            return false;
        }
        fields.index = -1;
        E last = heap.remove(heap.size() - 1);
        if (hole < heap.size()) {
            up(last, hole);
            Entry moved = last;
            down(last, moved.index);
        }
        return true;
    }

    private void up(E entry, int from) {
        int at = from;
        while (at > 0) {
            E parent = heap.get((at - 1) >>> 1);
            if (!before(entry, parent)) {
                break;
            }
            place(parent, at);
            at = (at - 1) >>> 1;
        }
        place(entry, at);
    }

    private void down(E entry, int from) {
        int at = from;
        for (int child = 2 * at + 1; child < heap.size(); child = 2 * at + 1) {
            if (child + 1 < heap.size() && before(heap.get(child + 1), heap.get(child))) {
                child++;
            }
            if (!before(heap.get(child), entry)) {
                break;
            }
            place(heap.get(child), at);
            at = child;
        }
        place(entry, at);
    }

    private void place(E entry, int at) {
        heap.set(at, entry);
        Entry fields = entry;
        fields.index = at;
    }

    private static boolean before(Entry one, Entry other) {
        return one.before(other);
    }
}
