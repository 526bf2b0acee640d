package io.coterie.rpc.internal.nio.links;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers what was said last of each peer or machine, so that what is wrong with it is said once, until that changes, and not
 * at each attempt to connect. Of those that were said of longest ago nothing is remembered once there are too many.
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

    /** Whether this is not what was said last of it. */
    boolean isNew(String about, String what) {
        return !what.equals(last.put(about, what));
    }

    /** All is well with it. */
    void settle(String about) {
        last.remove(about);
    }
}
