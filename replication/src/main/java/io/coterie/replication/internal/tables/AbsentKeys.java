package io.coterie.replication.internal.tables;

import io.coterie.replication.spi.RecordKey;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The keys that a replica keeps without a value, because they were deleted or have nothing but a
 * promise: for each store in the order of their last change, with its time.
 */
public final class AbsentKeys {
    private final Map<Long, LinkedHashMap<RecordKey, Long>> stores = new TreeMap<>();
    private Runnable listener = () -> {};
    private int count;

    /** A key with the time of its last change, as a reading of the clock. */
    public record Entry(RecordKey key, long since) {}

    /** Runs the listener whenever a first key comes, and at once if there are some. */
    public void onFirst(Runnable newListener) {
        listener = newListener;
        if (count > 0) {
            newListener.run();
        }
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /** A key without a value has changed. */
    void add(RecordKey key, long nanos) {
        LinkedHashMap<RecordKey, Long> keys = stores.computeIfAbsent(key.store(), absent -> new LinkedHashMap<>());
        boolean known = keys.remove(key) != null;
        keys.put(key, nanos);
        if (!known && ++count == 1) {
            listener.run();
        }
    }

    void remove(RecordKey key) {
        LinkedHashMap<RecordKey, Long> keys = stores.get(key.store());
        if (keys != null && keys.remove(key) != null) {
            count--;
        }
    }

    void clear() {
        stores.clear();
        count = 0;
    }

    /** The stores that have or had such keys. */
    public Set<Long> stores() {
        return stores.keySet();
    }

    /**
     * The first keys of a store. They move to the end of the order, so that each key has its turn.
     */
    public List<Entry> next(long store, int limit) {
        LinkedHashMap<RecordKey, Long> keys = stores.get(store);
        if (keys == null) {
            return List.of();
        }
        List<Entry> taken = new ArrayList<>(Math.min(limit, keys.size()));
        Iterator<Map.Entry<RecordKey, Long>> first = keys.entrySet().iterator();
        while (taken.size() < limit && first.hasNext()) {
            Map.Entry<RecordKey, Long> entry = first.next();
            taken.add(new Entry(entry.getKey(), entry.getValue()));
        }
        for (Entry entry : taken) {
            keys.remove(entry.key());
            keys.put(entry.key(), entry.since());
        }
        return taken;
    }
}
