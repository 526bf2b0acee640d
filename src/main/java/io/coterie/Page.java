package io.coterie;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A part of the entries that a {@link Scan} goes through.
 *
 * @param entries values by key, in the order of the keys; not modifiable. There may be fewer than
 *     asked for, or none, though more follow: a page ends early where values are large or many keys
 *     were deleted
 * @param next the scan that continues after this page, or null if this was the last
 */
public record Page<K, V>(Map<K, V> entries, @Nullable Scan<K> next) {
    /** Copies the entries. */
    public Page {
        entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }
}
