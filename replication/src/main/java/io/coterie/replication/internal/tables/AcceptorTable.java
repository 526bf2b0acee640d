package io.coterie.replication.internal.tables;

import io.coterie.replication.spi.RecordKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A replica's acceptors by their keys: a hash table whose entries are the acceptors themselves,
 * each of which refers to the next of its bucket. So a look-up costs two cache misses, one for the
 * bucket and one for the acceptor, and an acceptor needs no memory besides itself and its share of
 * the buckets.
 *
 * <p>Only to be used on the replica's loop.
 */
public final class AcceptorTable {
    private static final int MIN_BUCKETS = 16;
    private static final int MAX_BUCKETS = 1 << 30;

    /** Always a power of two. */
    private @Nullable Acceptor[] buckets = new Acceptor[MIN_BUCKETS];

    private int size;

    /** The acceptor of a key, or null if there is none. */
    @Nullable
    public Acceptor get(RecordKey key) {
        Acceptor found = buckets[bucket(key)];
        while (found != null && !found.equals(key)) {
            found = found.next;
        }
        return found;
    }

    /** Adds an acceptor whose key has none in the table. */
    void add(Acceptor acceptor) {
        // A quarter of the buckets stays free, or look-ups would visit several acceptors.
        if (size >= buckets.length - buckets.length / 4 && buckets.length < MAX_BUCKETS) {
            resize(2 * buckets.length);
        }
        int bucket = bucket(acceptor);
        acceptor.next = buckets[bucket];
        buckets[bucket] = acceptor;
        size++;
    }

    /** Removes the acceptor of a key; returns it, or null if there is none. */
    @Nullable
    Acceptor remove(RecordKey key) {
        int bucket = bucket(key);
        Acceptor before = null;
        Acceptor found = buckets[bucket];
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
     * Makes room for so many acceptors in one step: a table that grows with them visits each
     * several times.
     */
    void reserve(long acceptors) {
        int count = bucketsFor(acceptors);
        if (count > buckets.length) {
            resize(count);
        }
    }

    /**
     * Releases room that was reserved for many more acceptors than there are. Not to be called
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

    private static int bucketsFor(long acceptors) {
        long count = MIN_BUCKETS;
        while (count < MAX_BUCKETS && acceptors >= count - count / 4) {
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
    int prefetch(Acceptor[] keys, int count) {
        int touched = 0;
        for (int i = 0; i < count; i++) {
            Acceptor first = buckets[bucket(keys[i])];
            touched += first == null ? 0 : first.hashCode();
        }
        return touched;
    }

    /**
     * Iterates over the acceptors while others come and go. It returns each one that is there from
     * the beginning to the end, and maybe some that came or went in between.
     */
    public Iterator<Acceptor> iterator() {
        return new Walk();
    }

    private int bucket(RecordKey key) {
        return key.hashCode() & (buckets.length - 1);
    }

    private void resize(int count) {
        @Nullable Acceptor[] before = buckets;
        @Nullable Acceptor[] after = new Acceptor[count];
        for (int bucket = 0; bucket < before.length; bucket++) {
            for (Acceptor acceptor = before[bucket]; acceptor != null; ) {
                Acceptor following = acceptor.next;
                int target = acceptor.hashCode() & (count - 1);
                acceptor.next = after[target];
                after[target] = acceptor;
                acceptor = following;
            }
        }
        buckets = after;
    }

    /**
     * Visits the buckets in the order of their numbers with the bits reversed. When a table
     * doubles, the acceptors of a bucket go to two buckets that are neighbours in that order. So
     * none is missed, and none is returned twice.
     */
    private final class Walk implements Iterator<Acceptor> {
        /** A copy of a bucket: removals and growth change the links between its acceptors. */
        private final Deque<Acceptor> found = new ArrayDeque<>();

        private int bucket;
        private boolean last;

        @Override
        public boolean hasNext() {
            while (found.isEmpty() && !last) {
                int mask = buckets.length - 1;
                for (Acceptor each = buckets[bucket & mask]; each != null; each = each.next) {
                    found.add(each);
                }
                bucket = Integer.reverse(Integer.reverse(bucket | ~mask) + 1);
                last = bucket == 0;
            }
            return !found.isEmpty();
        }

        @Override
        public Acceptor next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return found.remove();
        }
    }
}
