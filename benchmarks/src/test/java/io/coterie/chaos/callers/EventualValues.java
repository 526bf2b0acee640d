package io.coterie.chaos.callers;

import io.coterie.Coterie;
import io.coterie.Store;
import io.coterie.consistency.Consistency;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.CoterieException;

/** An eventual store whose answers fit into a line. */
public final class EventualValues {
    public static final String DONE = "done";
    static final String NOTHING = "nothing";

    private final Store<String, String> store;

    public EventualValues(Coterie node) {
        store = node.store("eventual", Codec.utf8(), Codec.utf8(), Consistency.eventual());
    }

    /** Returns {@link #DONE}, or why it failed. */
    public String put(String key, String value) {
        try {
            store.put(key, value);
            return DONE;
        } catch (CoterieException e) {
            return "failed: " + e;
        }
    }

    /** Returns the value, {@link #NOTHING} if there is none, or why it failed. */
    public String get(String key) {
        try {
            String value = store.get(key);
            return value == null ? NOTHING : value;
        } catch (CoterieException e) {
            return "failed: " + e;
        }
    }
}
