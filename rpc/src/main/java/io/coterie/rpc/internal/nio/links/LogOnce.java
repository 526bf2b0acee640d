package io.coterie.rpc.internal.nio.links;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers the last line that was logged about each peer or machine, so that a fault is logged
 * once until it changes, and not at each attempt to connect. When there are too many, the oldest
 * are forgotten.
 */
final class LogOnce {
    private static final int MAX_REMEMBERED = 1000;

    private final Map<String, String> last = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    /** Whether this is new: it is not the last line about the peer or machine. Remembers it. */
    boolean isNew(String about, String what) {
        return !what.equals(last.put(about, what));
    }

    /** Forgets the last line: the peer or machine has no fault now. */
    void settle(String about) {
        last.remove(about);
    }
}
