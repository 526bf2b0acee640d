package io.coterie.coordination;

import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.coordination.LeaseHolder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A number of permits that all nodes share. Each is held as a {@link Lease}, so the permits of a
 * holder that died come back after the lease's duration.
 *
 * <p>It promises what a {@link Lock} does, with as many valid leases at a moment as there are
 * permits. While the steady clocks of two nodes run apart by less than a tenth there are never
 * more. Tokens rise over all leases of the semaphore. A resource that refuses tokens lower than the
 * highest it has seen would serve only the newest holder. So use tokens as names of the permits in
 * use, and protect what must not be shared by a {@link Lock}. The semaphore is not reentrant, and
 * gives one permit at a time.
 *
 * <p>Cost: as for a {@link Lock}. All leases are in one record, and each renewal writes it: many
 * holders with short leases delay each other.
 *
 * <p><em>Threading:</em> safe for use by any number of threads. A blocking call on the event loop
 * throws {@link IllegalStateException}.
 */
public interface Semaphore {
    /** The name given to {@link Coordination#semaphore}. */
    String name();

    /**
     * Acquires a permit, as {@link Lock#tryAcquire} acquires a lock.
     *
     * @param wait how long to wait at most, 0 s or more
     * @return empty if others had all permits all the time
     * @throws IllegalArgumentException if the time is below zero
     * @throws IllegalStateException if the semaphore was made with another number of permits
     * @throws io.coterie.rpc.error.OverloadedException if this node holds, seeks, waits for or
     *     releases 10,000 leases and latches already, or has as many calls of coordination in
     *     flight as {@link io.coterie.CoterieBuilder#maxOperations} allows
     */
    Optional<Lease> tryAcquire(Duration wait);

    /**
     * The holders of permits, by the record. Some may have lost theirs by now, or be gone. Costs
     * one round trip to a majority.
     */
    List<LeaseHolder> holders();

    /**
     * The same semaphore, with a limit on how long its leases are held; otherwise as {@link
     * Lock#heldAtMost}.
     *
     * @param limit above 0 s. Default: none
     * @throws IllegalArgumentException if the limit is not above zero
     */
    Semaphore heldAtMost(Duration limit);

    /** The same semaphore for callers who do not wait. */
    AsyncSemaphore async();
}
