package io.coterie.replication;

import io.coterie.rpc.Scheduler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

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
    private final Map<RecordKey, Register> registers;
    private final NavigableSet<RecordKey> keys = new TreeSet<>(ORDER);
    private final ArrayDeque<RecordKey> missing;
    private final List<Runnable> waiting = new ArrayList<>();

    SortedKeys(Scheduler scheduler, Map<RecordKey, Register> registers) {
        this.scheduler = scheduler;
        this.registers = registers;
        this.missing = new ArrayDeque<>(registers.keySet());
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
        if (missing.isEmpty()) {
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
        for (int i = 0; i < KEYS_PER_TURN && !missing.isEmpty(); i++) {
            RecordKey key = missing.remove();
            if (registers.containsKey(key)) {
                keys.add(key);
            }
        }
        if (missing.isEmpty()) {
            waiting.forEach(Runnable::run);
            waiting.clear();
        } else {
            scheduler.schedule(0, this::addMissing);
        }
    }
}
