package io.coterie;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A replicated map from keys to counters, seen by a caller who waits. A counter is zero until it is
 * changed. Every operation is linearizable: it takes effect once, at one moment between its call
 * and its return, as seen from all nodes.
 *
 * <p>Operations end as those of a {@link Store} do: they throw the same exceptions, wait for the
 * same time, and count against {@link CoterieBuilder#maxOperations}. After an exception whose
 * {@link io.coterie.rpc.error.CoterieException#maybeExecuted()} is true, a second attempt can make
 * the change twice. A key has at most 4 KiB.
 *
 * <p>A change costs one round trip to a majority if this node changed the counter last, otherwise
 * two. A read costs one. Both cost more while other nodes change the counter.
 *
 * <p>Safe for use by any number of threads. A call on the event loop throws
 * {@link IllegalStateException}.
 */
public interface Counters<K> {
    /** The name of the store that holds the counters. */
    String name();

    /** The value of a counter; zero if it has no record. */
    long get(K key);

    /**
     * Adds to a counter, wrapping around at the ends of a long.
     *
     * @return the new value
     */
    long addAndGet(K key, long delta);

    /**
     * Sets a counter to another value if it has the expected one. Costs up to two round trips more
     * where zero is expected, as the counter may be zero or absent.
     *
     * @return whether it was set
     */
    boolean compareAndSet(K key, long expected, long next);

    /**
     * Sets a counter to zero, and removes its record. A record stays otherwise, whatever its value:
     * where there is a new counter for each of ever more things, delete those that are over.
     */
    void delete(K key);

    /**
     * The same counters with another timeout for each operation; otherwise as
     * {@link Store#withTimeout}.
     */
    Counters<K> withTimeout(Duration timeout);

    /** The same counters for callers who do not wait. */
    AsyncCounters<K> async();

    /**
     * Waits until the counters are open: until a majority of the replicas has recorded their store.
     * Nobody needs to call this before using them.
     *
     * @param timeout 0 s or more; the opening continues afterwards
     * @throws IllegalArgumentException if the timeout is below zero
     * @throws NotReadyException if that time is over; the text says which replicas are missing, and
     *     why
     * @throws io.coterie.replication.PolicyMismatchException if the replicas know the store with
     *     another policy
     */
    void awaitReady(Duration timeout);

    /**
     * Completes when {@link #awaitReady} would return, and waits without a limit. Fails as that
     * would throw.
     */
    CompletableFuture<@Nullable Void> readyAsync();
}
