package io.coterie.coordination;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Locks, elections, semaphores and latches that all nodes of the cluster share, each known by its
 * name and kind. They are records of one strong store, which should hold nothing else. Opened by
 * {@link io.coterie.Coterie#coordination}.
 *
 * <p><b>A lease is not a mutex of one process.</b> Locks, elections and semaphores give leases. A
 * holder that is cut off, paused or dead loses its lease after its duration, so that others can
 * continue, and may find out late. Wherever two holders at once would do harm, have the protected
 * resource check the lease's token ({@link io.coterie.consistency.coordination.FencingGuard}).
 * {@link io.coterie.consistency.coordination.Lease} says what holds when.
 *
 * <p>A short lease lets others continue soon after a holder dies: they wait a tenth longer than its
 * duration. A long one lets a holder survive a long pause, or a long loss of the majority. 5 to 30
 * s fit most uses. Each lease costs one write to a majority at every third of its duration.
 *
 * <p>Records of locks, elections and semaphores are removed a while after nobody holds or waits for
 * them, those of latches when they are deleted. So there may be any number of names. Names are 1 to
 * 200 characters.
 *
 * <p>{@link io.coterie.Coterie#close()} releases what this node holds, and waits up to a second for
 * it.
 *
 * <p><em>Threading:</em> safe for use by any number of threads. Blocking methods called on the
 * event loop throw {@link IllegalStateException}. Each object has a view for callers who do not
 * wait, such as {@link Lock#async}.
 */
public interface Coordination {
    /** The name of the store that holds the records. */
    String name();

    /**
     * A lock. Costs nothing until it is used.
     *
     * @param lock its name, 1 to 200 characters
     * @param lease how long its leases last without being renewed, 100 ms to 24 h. May differ
     *     between nodes
     * @throws IllegalArgumentException if the name or the duration is out of range
     */
    Lock lock(String lock, Duration lease);

    /**
     * An election. Costs nothing until it is used.
     *
     * @param election its name, 1 to 200 characters
     * @param lease how long a leader leads without being heard of, 100 ms to 24 h. May differ
     *     between nodes
     * @throws IllegalArgumentException if the name or the duration is out of range
     */
    LeaderElection election(String election, Duration lease);

    /**
     * A semaphore. Costs nothing until it is used.
     *
     * @param semaphore its name, 1 to 200 characters
     * @param permits how many leases there may be at a time, 1 to 100; the same at all nodes
     * @param lease how long its leases last without being renewed, 100 ms to 24 h. May differ
     *     between nodes
     * @throws IllegalArgumentException if the name, the permits or the duration is out of range
     */
    Semaphore semaphore(String semaphore, int permits, Duration lease);

    /**
     * A latch. Costs nothing until it is used. Its record stays until {@link Latch#delete}, also
     * when the latch is open, as a later caller must see that: where there is a new latch for each
     * round, delete those that are over.
     *
     * @param latch its name, 1 to 200 characters
     * @param count how many participants open it, 1 to 1,000; the same at all nodes
     * @throws IllegalArgumentException if the name or the count is out of range
     */
    Latch latch(String latch, int count);

    /**
     * Waits until the store that holds the records is open; otherwise as {@link
     * io.coterie.Store#awaitReady}.
     */
    void awaitReady(Duration timeout);

    /**
     * Completes when {@link #awaitReady} would return; otherwise as {@link
     * io.coterie.Store#readyAsync}.
     */
    CompletableFuture<@Nullable Void> readyAsync();
}
