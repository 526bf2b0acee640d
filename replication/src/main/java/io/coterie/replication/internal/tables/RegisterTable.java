package io.coterie.replication.internal.tables;

import io.coterie.replication.RecordKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A replica's registers by their keys: a hash table whose entries are the registers themselves,
 * each of which refers to the next of its bucket. So a look-up costs two cache misses, one for the
 * bucket and one for the register, and a register takes no memory besides itself and its share of
 * the buckets.
 *
 * <p>Only to be used on the replica's loop.
 */
public final class RegisterTable {
    private static final int MIN_BUCKETS = 16;
    private static final int MAX_BUCKETS = 1 << 30;

    /** Always a power of two. */
    private @Nullable Register[] buckets = new Register[MIN_BUCKETS];

    private int size;

    /** The register of a key, or null if there is none. */
    @Nullable
    public Register get(RecordKey key) {
        Register found = buckets[bucket(key)];
        while (found != null && !found.equals(key)) {
            found = found.next;
        }
        return found;
    }

    /** Adds the register of a key that has none. */
    void add(Register register) {
        // A quarter of the buckets stays free, or look-ups would go through several registers.
        if (size >= buckets.length - buckets.length / 4 && buckets.length < MAX_BUCKETS) {
            resize(2 * buckets.length);
        }
        int bucket = bucket(register);
        register.next = buckets[bucket];
        buckets[bucket] = register;
        size++;
    }

    /** Removes the register of a key; returns it, or null if there is none. */
    @Nullable
    Register remove(RecordKey key) {
        int bucket = bucket(key);
        Register before = null;
        Register found = buckets[bucket];
        while (found != null && !found.equals(key)) {
            before = found;
            found = found.next;
        }
        if (found == null) {
            return null;
        }
        if (before == null) {
            buckets[bucket] = found.next;
        } else {
            before.next = found.next;
        }
        found.next = null;
        size--;
        return found;
    }

    public int size() {
        return size;
    }

    /**
     * Makes room for so many registers in one step: growing with them looks at each several times.
     */
    void reserve(long registers) {
        int count = bucketsFor(registers);
        if (count > buckets.length) {
            resize(count);
        }
    }

    /**
     * Gives up room that was reserved for many more registers than there are. Not while somebody
     * goes through them.
     */
    void fit() {
        int count = bucketsFor(size);
        if (count < buckets.length / 2) {
            resize(count);
        }
    }

    /** How many buckets there are: each takes four bytes, or eight. */
    int buckets() {
        return buckets.length;
    }

    private static int bucketsFor(long registers) {
        long count = MIN_BUCKETS;
        while (count < MAX_BUCKETS && registers >= count - count / 4) {
            count *= 2;
        }
        return (int) count;
    }

    /**
     * Touches what look-ups of some keys will touch, all at once: the processor waits for the
     * memory of many at a time as long as for that of one.
     *
     * @param keys of which the first {@code count} are looked up soon
     * @return a number without a meaning, which the compiler cannot take away with the work
     */
    int prefetch(Register[] keys, int count) {
        int touched = 0;
        for (int i = 0; i < count; i++) {
            Register first = buckets[bucket(keys[i])];
            touched += first == null ? 0 : first.hashCode();
        }
        return touched;
    }

    /**
     * Goes through the registers while others come and go: tells of each one that is there from the
     * beginning to the end, and maybe of some that come or went meanwhile.
     */
    public Iterator<Register> iterator() {
        return new Walk();
    }

    private int bucket(RecordKey key) {
        return key.hashCode() & (buckets.length - 1);
    }

    private void resize(int count) {
        @Nullable Register[] before = buckets;
        @Nullable Register[] after = new Register[count];
        for (int bucket = 0; bucket < before.length; bucket++) {
            for (Register register = before[bucket]; register != null; ) {
                Register following = register.next;
                int target = register.hashCode() & (count - 1);
                register.next = after[target];
                after[target] = register;
                register = following;
            }
        }
        buckets = after;
    }

    /**
     * Takes the buckets in the order of their numbers with the bits reversed. When a table doubles,
     * the registers of a bucket go to two that follow each other in that order. So none is missed,
     * and none is told of twice.
     */
    private final class Walk implements Iterator<Register> {
        /** All of a bucket, as taking away and growing change what its registers refer to. */
        private final Deque<Register> found = new ArrayDeque<>();

        private int bucket;
        private boolean last;

        @Override
        public boolean hasNext() {
            while (found.isEmpty() && !last) {
                int mask = buckets.length - 1;
                for (Register each = buckets[bucket & mask]; each != null; each = each.next) {
                    found.add(each);
                }
                bucket = Integer.reverse(Integer.reverse(bucket | ~mask) + 1);
                last = bucket == 0;
            }
            return !found.isEmpty();
        }

        @Override
        public Register next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return found.remove();
        }
    }
}
