package io.coterie.replication.internal.tables;

import io.coterie.replication.internal.wire.ListOrder;
import io.coterie.replication.spi.RecordKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A replica's records of one kind by their keys: a hash table whose entries are the records
 * themselves, each of which refers to the next of its bucket. So a look-up costs two cache misses,
 * one for the bucket and one for the record, and a record needs no memory besides itself and its
 * share of the buckets.
 *
 * <p>Only to be used on the replica's loop.
 */
public final class RecordTable<R extends KeyedRecord> {
    private static final int MIN_BUCKETS = 16;
    private static final int MAX_BUCKETS = 1 << 30;

    /** Always a power of two. */
    private @Nullable KeyedRecord[] buckets = new KeyedRecord[MIN_BUCKETS];

    private int size;

    /** The record of a key, or null if there is none. */
    @Nullable
    public R get(RecordKey key) {
        KeyedRecord found = buckets[bucket(key)];
        while (found != null && !found.equals(key)) {
            found = found.next;
        }
        return own(found);
    }

    /** Adds a record whose key has none in the table. */
    void add(R record) {
        // A quarter of the buckets stays free, or look-ups would visit several records.
        if (size >= buckets.length - buckets.length / 4 && buckets.length < MAX_BUCKETS) {
            resize(2 * buckets.length);
        }
        int bucket = bucket(record);
        record.next = buckets[bucket];
        buckets[bucket] = record;
        size++;
    }

    /** Removes the record of a key; returns it, or null if there is none. */
    @Nullable
    R remove(RecordKey key) {
        int bucket = bucket(key);
        KeyedRecord before = null;
        KeyedRecord found = buckets[bucket];
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
        return own(found);
    }

    /** Removes all records. An iteration that is running returns few of them, or none. */
    void clear() {
        buckets = new KeyedRecord[MIN_BUCKETS];
        size = 0;
    }

    public int size() {
        return size;
    }

    /** All that is in the table was added as such a record. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <R extends KeyedRecord> @Nullable R own(@Nullable KeyedRecord record) {
        return (R) record;
    }

    /**
     * Makes room for so many records in one step: a table that grows with them visits each
     * several times.
     */
    void reserve(long records) {
        int count = bucketsFor(records);
        if (count > buckets.length) {
            resize(count);
        }
    }

    /**
     * Releases room that was reserved for many more records than there are. Not to be called
     * during an iteration.
     */
    void fit() {
        int count = bucketsFor(size);
        if (count < buckets.length / 2) {
            resize(count);
        }
    }

    /** How many buckets there are, of four or eight bytes each. */
    int buckets() {
        return buckets.length;
    }

    private static int bucketsFor(long records) {
        long count = MIN_BUCKETS;
        while (count < MAX_BUCKETS && records >= count - count / 4) {
            count *= 2;
        }
        return (int) count;
    }

    /**
     * Touches the memory that look-ups of some keys will touch, all at once: the processor waits
     * for many accesses as long as for one.
     *
     * @param keys the first {@code count} of them are looked up soon
     * @return a meaningless number, so that the compiler does not remove the work
     */
    int prefetch(RecordKey[] keys, int count) {
        int touched = 0;
        for (int i = 0; i < count; i++) {
            KeyedRecord first = buckets[bucket(keys[i])];
            touched += first == null ? 0 : first.hashCode();
        }
        return touched;
    }

    /**
     * Iterates over the records while others come and go. It returns each one that is there from
     * the beginning to the end, and maybe some that came or went in between.
     */
    public Iterator<R> iterator() {
        return new Walk();
    }

    /**
     * Visits the records of one leaf of the {@link Digests}, which must not come or go meanwhile.
     * Costs a look at each bucket of the leaf.
     */
    public void forEachOfLeaf(int leaf, Consumer<R> action) {
        int step = Math.min(Digests.LEAVES, buckets.length);
        for (int bucket = leaf & (step - 1); bucket < buckets.length; bucket += step) {
            for (KeyedRecord each = buckets[bucket]; each != null; each = each.next) {
                if (Digests.leaf(each) == leaf) {
                    action.accept(Objects.requireNonNull(own(each)));
                }
            }
        }
    }

    /**
     * Visits some records in {@link ListOrder}: those of one bucket that are at a place or behind
     * it, in any order among themselves. They must not come or go meanwhile.
     *
     * @param place from 0 to 2<sup>32</sup> - 1
     * @return the next place to visit, behind all of these; 2<sup>32</sup> if there is none
     */
    public long forEachFrom(long place, Consumer<R> action) {
        int mask = buckets.length - 1;
        int bucket = Integer.reverse((int) place) & mask;
        for (KeyedRecord each = buckets[bucket]; each != null; each = each.next) {
            if (ListOrder.place(each) >= place) {
                action.accept(Objects.requireNonNull(own(each)));
            }
        }
        return (place | Integer.toUnsignedLong(~Integer.reverse(mask))) + 1;
    }

    private int bucket(RecordKey key) {
        return key.hashCode() & (buckets.length - 1);
    }

    private void resize(int count) {
        @Nullable KeyedRecord[] before = buckets;
        @Nullable KeyedRecord[] after = new KeyedRecord[count];
        for (int bucket = 0; bucket < before.length; bucket++) {
            for (KeyedRecord record = before[bucket]; record != null; ) {
                KeyedRecord following = record.next;
                int target = record.hashCode() & (count - 1);
                record.next = after[target];
                after[target] = record;
                record = following;
            }
        }
        buckets = after;
    }

    /**
     * Visits the buckets in the order of their numbers with the bits reversed. When a table
     * doubles, the records of a bucket go to two buckets that are neighbours in that order. So
     * none is missed, and none is returned twice.
     */
    private final class Walk implements Iterator<R> {
        /** A copy of a bucket: removals and growth change the links between its records. */
        private final Deque<R> found = new ArrayDeque<>();

        private int bucket;
        private boolean last;

        @Override
        public boolean hasNext() {
            while (found.isEmpty() && !last) {
                int mask = buckets.length - 1;
                for (KeyedRecord each = buckets[bucket & mask]; each != null; each = each.next) {
                    found.add(Objects.requireNonNull(own(each)));
                }
                bucket = Integer.reverse(Integer.reverse(bucket | ~mask) + 1);
                last = bucket == 0;
            }
            return !found.isEmpty();
        }

        @Override
        public R next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return found.remove();
        }
    }
}
