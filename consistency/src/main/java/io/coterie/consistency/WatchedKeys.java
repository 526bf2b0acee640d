package io.coterie.consistency;

import io.coterie.replication.RecordKey;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The keys that a watch remembers: those used last. */
final class WatchedKeys {
    /** So few of the eldest are looked at for one to forget. */
    private static final int MOST_LOOKED_AT = 16;

    private final int most;
    private final Predicate<WatchedKey> isInUse;
    private final Consumer<WatchedKey> onForget;
    private final Map<RecordKey, WatchedKey> keys = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * No keys.
     *
     * @param most how many are remembered, except for those in use
     * @param isInUse whether a key must not be forgotten; true for few keys only
     * @param onForget told of each key that is forgotten
     */
    WatchedKeys(int most, Predicate<WatchedKey> isInUse, Consumer<WatchedKey> onForget) {
        this.most = most;
        this.isInUse = isInUse;
        this.onForget = onForget;
    }

    @Nullable
    WatchedKey get(RecordKey name) {
        return keys.get(name);
    }

    Collection<WatchedKey> all() {
        return keys.values();
    }

    void put(RecordKey name, WatchedKey key) {
        keys.put(name, key);
        for (int i = 0; i < MOST_LOOKED_AT && keys.size() > most; i++) {
            Iterator<Map.Entry<RecordKey, WatchedKey>> eldestFirst =
                    keys.entrySet().iterator();
            Map.Entry<RecordKey, WatchedKey> eldest = eldestFirst.next();
            eldestFirst.remove();
            WatchedKey candidate = eldest.getValue();
            if (isInUse.test(candidate)) {
                keys.put(eldest.getKey(), candidate);
            } else {
                onForget.accept(candidate);
            }
        }
    }
}
