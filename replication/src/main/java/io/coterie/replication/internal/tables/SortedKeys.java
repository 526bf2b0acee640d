package io.coterie.replication.internal.tables;

import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.spi.Repetition;
import io.coterie.rpc.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a replica's acceptors in order. The index is built at the first scan, and maintained
 * from then on: a replica without scans pays nothing.
 *
 * <p>To build it takes many turns of the loop, so that a large table does not delay everything
 * else.
 */
public final class SortedKeys {
    private static final int KEYS_PER_TURN = 2_000;

    /** After a failure of this node's own. */
    private static final long PAUSE_NANOS = Duration.ofMillis(100).toNanos();

    private static final Comparator<RecordKey> ORDER =
            Comparator.comparingLong(RecordKey::store).thenComparing(RecordKey::bytes, Arrays::compareUnsigned);

    private final Repetition turns;
    private final Predicate<RecordKey> isThere;
    private final NavigableSet<RecordKey> keys = new TreeSet<>(ORDER);

    /**
     * The keys that are not in the index yet. A key that is added meanwhile may be among them or
     * not; it is also added by itself.
     */
    private final Iterator<? extends RecordKey> missing;

    private @Nullable RecordKey next;
    private final Queue<Runnable> waiting = new ArrayDeque<>();

    /**
     * Begins to build the index.
     *
     * @param all the keys; may include some that were removed since
     * @param isThere whether a key is there now
     */
    public SortedKeys(Scheduler scheduler, Iterator<? extends RecordKey> all, Predicate<RecordKey> isThere) {
        this.turns = new Repetition(scheduler, PAUSE_NANOS, this::addMissing);
        this.isThere = isThere;
        this.missing = all;
        turns.guard(this::addMissing);
    }

    void add(RecordKey key) {
        keys.add(key);
    }

    void remove(RecordKey key) {
        keys.remove(key);
    }

    /** Runs the task once all keys are in order. */
    public void whenComplete(Runnable task) {
        if (isComplete()) {
            task.run();
        } else {
            waiting.add(task);
        }
    }

    /** The keys from this one on, of this and all following stores. */
    public Iterator<RecordKey> from(RecordKey first) {
        return keys.tailSet(first).iterator();
    }

    /** Whether all keys are in order. */
    public boolean isComplete() {
        return next == null && !missing.hasNext();
    }

    private void addMissing() {
        for (int i = 0; i < KEYS_PER_TURN && !isComplete(); i++) {
            // It stays the next one until it is added, as that may throw for want of memory.
            RecordKey key = next == null ? missing.next() : next;
            next = key;
            if (isThere.test(key)) {
                keys.add(key);
            }
            next = null;
        }
        if (isComplete()) {
            while (!waiting.isEmpty()) {
                waiting.remove().run();
            }
        } else {
            turns.in(0);
        }
    }
}
