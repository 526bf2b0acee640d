package io.coterie;

import java.time.Duration;

/**
 * A replicated map from keys to counters, each linearizable, seen by a caller who waits. A counter that was never added to
 * is zero. Operations end as those of a {@link Store} do.
 */
public interface Counters<K> {
    /** The name of the store that holds the counters. */
    String name();

    /** The value of a counter. */
    long get(K key);

    /**
     * Adds to a counter, wrapping around at the ends of a long.
     *
     * @return the new value
     */
    long addAndGet(K key, long delta);

    /** The same counters with another time for each operation; otherwise as {@link Store#within}. */
    Counters<K> within(Duration timeout);

    /** The same counters for callers who do not wait. */
    AsyncCounters<K> async();
}
