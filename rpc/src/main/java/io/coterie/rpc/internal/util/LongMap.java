package io.coterie.rpc.internal.util;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A hash map with primitive keys, so that a request costs no boxed number. It uses open addressing
 * with linear probing. It grows with the most keys that were in it at once, and does not shrink.
 */
public final class LongMap<V> {
    private static final int MIN_CAPACITY = 16;

    private long[] keys = new long[MIN_CAPACITY];
    private @Nullable Object[] values = new @Nullable Object[MIN_CAPACITY];

    /** Shifts the hash so that as many bits are left as are needed to number the slots. */
    private int shift = Long.SIZE - Integer.numberOfTrailingZeros(MIN_CAPACITY);

    private int size;

    /** The key's value, or null. */
    public @Nullable V get(long key) {
        return valueAt(slotOf(key));
    }

    /** Sets the key's value, and returns the one before, or null. */
    public @Nullable V put(long key, V value) {
        if (size >= keys.length / 2) {
            grow();
        }
        int slot = slotOf(key);
        V before = valueAt(slot);
        keys[slot] = key;
        values[slot] = value;
        if (before == null) {
            size++;
        }
        return before;
    }

    /** Removes the key, and returns its value, or null. */
    public @Nullable V remove(long key) {
        int slot = slotOf(key);
        V before = valueAt(slot);
        if (before != null) {
            size--;
            closeGap(slot);
        }
        return before;
    }

    /** How many keys there are. */
    public int size() {
        return size;
    }

    /** A copy of the values, in no order. */
    public List<V> values() {
        List<V> copy = new ArrayList<>(size);
        for (int slot = 0; slot < keys.length; slot++) {
            V value = valueAt(slot);
            if (value != null) {
                copy.add(value);
            }
        }
        return copy;
    }

    /** A copy of the map. */
    public LongMap<V> copy() {
        LongMap<V> copy = new LongMap<>();
        for (int slot = 0; slot < keys.length; slot++) {
            V value = valueAt(slot);
            if (value != null) {
                copy.put(keys[slot], value);
            }
        }
        return copy;
    }

    /** The array holds what was put as a V, and nothing else. */
    @SuppressWarnings("unchecked")
    private @Nullable V valueAt(int slot) {
        return (V) values[slot];
    }

    private int slotOf(long key) {
        int mask = keys.length - 1;
        int slot = home(key);
        while (values[slot] != null && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private int home(long key) {
        return FibonacciHash.slot(key, shift);
    }

    /** Empties a slot, and moves back entries that would otherwise not be found behind it. */
    private void closeGap(int emptied) {
        int mask = keys.length - 1;
        int gap = emptied;
        int slot = (gap + 1) & mask;
        while (values[slot] != null) {
            int distanceFromHome = (slot - home(keys[slot])) & mask;
            int distanceFromGap = (slot - gap) & mask;
            if (distanceFromHome >= distanceFromGap) {
                keys[gap] = keys[slot];
                values[gap] = values[slot];
                gap = slot;
            }
            slot = (slot + 1) & mask;
        }
        values[gap] = null;
    }

    private void grow() {
        long[] oldKeys = keys;
        @Nullable Object[] oldValues = values;
        keys = new long[oldKeys.length * 2];
        values = new @Nullable Object[keys.length];
        shift--;
        for (int from = 0; from < oldKeys.length; from++) {
            if (oldValues[from] != null) {
                int slot = slotOf(oldKeys[from]);
                keys[slot] = oldKeys[from];
                values[slot] = oldValues[from];
            }
        }
    }
}
