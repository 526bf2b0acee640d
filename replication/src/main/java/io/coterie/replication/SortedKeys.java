package io.coterie.replication;

import io.coterie.rpc.Scheduler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The keys of a replica's registers in order. Made when they are first asked for, and kept from then on: a replica that is
 * never asked pays nothing.
 *
 * <p>Making it takes many turns of the loop, so that a large table does not hold up everything else.
 */
final class SortedKeys {
    private static final int KEYS_PER_TURN = 2_000;

    private static final Comparator<RecordKey> ORDER =
            Comparator.comparingLong(RecordKey::store).thenComparing(RecordKey::bytes, Arrays::compareUnsigned);

    private final Scheduler scheduler;
    private final Predicate<RecordKey> isThere;
    private final NavigableSet<RecordKey> keys = new TreeSet<>(ORDER);

    /** What is not in order yet. Keys that come while it is gone through may be in it or not; they are added by themselves. */
    private final Iterator<? extends RecordKey> missing;

    private final List<Runnable> waiting = new ArrayList<>();

    /**
     * Begins to bring keys into order.
     *
     * @param all the keys; may tell of some that were removed since
     * @param isThere whether a key is there now
     */
    SortedKeys(Scheduler scheduler, Iterator<? extends RecordKey> all, Predicate<RecordKey> isThere) {
        this.scheduler = scheduler;
        this.isThere = isThere;
        this.missing = all;
        addMissing();
    }

    void add(RecordKey key) {
        keys.add(key);
    }

    void remove(RecordKey key) {
        keys.remove(key);
    }

    /** Runs the task once all keys are in order. */
    void whenComplete(Runnable task) {
        if (!missing.hasNext()) {
            task.run();
        } else {
            waiting.add(task);
        }
    }

    /** The keys from this one on, of this and all following stores. */
    Iterator<RecordKey> from(RecordKey first) {
        return keys.tailSet(first).iterator();
    }

    private void addMissing() {
        for (int i = 0; i < KEYS_PER_TURN && missing.hasNext(); i++) {
            RecordKey key = missing.next();
            if (isThere.test(key)) {
                keys.add(key);
            }
        }
        if (!missing.hasNext()) {
            waiting.forEach(Runnable::run);
            waiting.clear();
        } else {
            scheduler.schedule(0, this::addMissing);
        }
    }
}
