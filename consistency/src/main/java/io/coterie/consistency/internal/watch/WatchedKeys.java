package io.coterie.consistency.internal.watch;

import io.coterie.replication.internal.budget.NodeMemory;
import io.coterie.replication.spi.RecordKey;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The keys that a watch remembers: those used last. */
final class WatchedKeys implements NodeMemory.Keys {
    /** So few of the eldest are looked at for one to forget. */
    private static final int MAX_LOOKED_AT = 16;

    private final NodeMemory memory;
    private final int max;
    private final Predicate<WatchedKey> isInUse;
    private final Consumer<WatchedKey> onForget;
    private final Map<RecordKey, WatchedKey> keys = new LinkedHashMap<>(16, 0.75f, true);
    private boolean closed;

    /**
     * No keys.
     *
     * @param memory what the watches of the node share
     * @param max how many are remembered, except for those in use
     * @param isInUse whether a key must not be forgotten; true for few keys only
     * @param onForget gets each key that is forgotten
     */
    WatchedKeys(NodeMemory memory, int max, Predicate<WatchedKey> isInUse, Consumer<WatchedKey> onForget) {
        this.memory = memory;
        this.max = max;
        this.isInUse = isInUse;
        this.onForget = onForget;
        memory.add(this);
    }

    @Nullable
    WatchedKey get(RecordKey name) {
        return keys.get(name);
    }

    Collection<WatchedKey> all() {
        return keys.values();
    }

    @Override
    public int size() {
        return keys.size();
    }

    /**
     * How many keys may be remembered, those that are counted in, without one that is forgotten for
     * them.
     */
    int capacity() {
        return Math.min(max, memory.mayRemember(keys.size()));
    }

    /** Remembers a key that is not remembered yet; does nothing once the watch is closed. */
    void put(RecordKey name, WatchedKey key) {
        if (closed) {
            return;
        }
        keys.put(name, key);
        memory.rememberedChanged(1);
        for (int i = 0; i < MAX_LOOKED_AT && keys.size() > max; i++) {
            lookAtEldest();
        }
    }

    @Override
    public void forgetEldest() {
        boolean forgotten = false;
        for (int i = 0; i < MAX_LOOKED_AT && !forgotten && !keys.isEmpty(); i++) {
            forgotten = lookAtEldest();
        }
    }

    /** The watch is closed: nothing more is remembered. */
    void close() {
        if (!closed) {
            closed = true;
            memory.rememberedChanged(-keys.size());
            memory.remove(this);
            keys.clear();
        }
    }

    /** Forgets the eldest key unless it is in use; then it counts as used just now. */
    private boolean lookAtEldest() {
        Iterator<Map.Entry<RecordKey, WatchedKey>> eldestFirst = keys.entrySet().iterator();
        Map.Entry<RecordKey, WatchedKey> eldest = eldestFirst.next();
        eldestFirst.remove();
        WatchedKey candidate = eldest.getValue();
        if (isInUse.test(candidate)) {
            keys.put(eldest.getKey(), candidate);
            return false;
        }
        memory.rememberedChanged(-1);
        onForget.accept(candidate);
        return true;
    }
}
