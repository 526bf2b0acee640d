package io.coterie;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

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

    /** The same counters with another time for each operation; otherwise as {@link Store#withTimeout}. */
    Counters<K> withTimeout(Duration timeout);

    /** The same counters for callers who do not wait. */
    AsyncCounters<K> async();

    /**
     * Waits until the counters are open: until a majority of the replicas has recorded their store. Nobody needs to call this
     * before using them.
     *
     * @param timeout zero or more; the opening goes on afterwards
     * @throws NotReadyException if that time is over; the text says which replicas are missing, and why
     * @throws io.coterie.replication.PolicyMismatchException if the replicas know the store with another policy
     * @throws io.coterie.replication.ConfigurationMismatchException if one of them was given other replicas
     */
    void awaitReady(Duration timeout);

    /** Completes when {@link #awaitReady} would return, without an end to its time, or fails as that would throw. */
    CompletableFuture<@Nullable Void> readyAsync();
}
