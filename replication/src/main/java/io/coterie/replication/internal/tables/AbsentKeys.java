package io.coterie.replication.internal.tables;

import io.coterie.replication.RecordKey;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which keys a replica keeps without a value, as deleted or for the sake of a promise alone: of
 * each store in the order of their coming, and since when.
 */
public final class AbsentKeys {
    private final Map<Long, LinkedHashMap<RecordKey, Long>> stores = new TreeMap<>();
    private Runnable listener = () -> {};
    private int count;

    /** A key with its time. */
    public record Entry(RecordKey key, long since) {}

    /** Tells of each tombstone that comes when there is none, and at once if there are some. */
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

    /** The stores that have or had any. */
    public Set<Long> stores() {
        return stores.keySet();
    }

    /** The first keys of a store, which then go to its end, so that each one has its turn. */
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
