package io.coterie.rpc.internal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A hash map with primitive keys, so that a call costs no boxed number. Open addressing with linear probing. */
public final class LongMap<V> {
    private static final int SMALLEST = 16;

    private long[] keys = new long[SMALLEST];
    private List<@Nullable V> values = emptySlots(SMALLEST);
    private int size;

    /** The key's value, or null. */
    public @Nullable V get(long key) {
        return values.get(slotOf(key));
    }

    /** Sets the key's value, and returns the one before, or null. */
    public @Nullable V put(long key, V value) {
        if (size >= keys.length / 2) {
            grow();
        }
        int slot = slotOf(key);
        keys[slot] = key;
        V before = values.set(slot, value);
        if (before == null) {
            size++;
        }
        return before;
    }

    /** Removes the key, and returns its value, or null. */
    public @Nullable V remove(long key) {
        int slot = slotOf(key);
        V before = values.set(slot, null);
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
        for (V value : values) {
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
            V value = values.get(slot);
            if (value != null) {
                copy.put(keys[slot], value);
            }
        }
        return copy;
    }

    private int slotOf(long key) {
        int mask = keys.length - 1;
        int slot = home(key);
        while (values.get(slot) != null && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private int home(long key) {
        // Fibonacci hashing: counters that start anywhere spread over all slots.
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> (64 - Integer.numberOfTrailingZeros(keys.length)));
    }

    private void closeGap(int gap) {
        int mask = keys.length - 1;
        int slot = (gap + 1) & mask;
        while (values.get(slot) != null) {
            int distanceFromHome = (slot - home(keys[slot])) & mask;
            int distanceFromGap = (slot - gap) & mask;
            if (distanceFromHome >= distanceFromGap) {
                keys[gap] = keys[slot];
                values.set(gap, values.set(slot, null));
                gap = slot;
            }
            slot = (slot + 1) & mask;
        }
    }

    private void grow() {
        long[] oldKeys = keys;
        List<@Nullable V> oldValues = values;
        keys = new long[oldKeys.length * 2];
        values = emptySlots(keys.length);
        for (int slot = 0; slot < oldKeys.length; slot++) {
            V value = oldValues.get(slot);
            if (value != null) {
                int moved = slotOf(oldKeys[slot]);
                keys[moved] = oldKeys[slot];
                values.set(moved, value);
            }
        }
    }

    private static <V> List<@Nullable V> emptySlots(int count) {
        List<@Nullable V> slots = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            slots.add(null);
        }
        return slots;
    }
}
