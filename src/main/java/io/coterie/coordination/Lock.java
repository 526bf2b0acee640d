package io.coterie.coordination;

import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.coordination.LeaseHolder;
import java.time.Duration;
import java.util.Optional;

/**
 * A lock that all nodes share. It is held as a {@link Lease}: until it is released, or until its
 * holder was not able to renew it for the lease's duration.
 *
 * <pre>{@code
 * Lock lock = coterie.coordination("jobs").lock("billing", Duration.ofSeconds(10));
 * Optional<Lease> lease = lock.tryAcquire(Duration.ofSeconds(30));
 * if (lease.isPresent()) {
 *     try (Lease held = lease.get()) {
 *         ledger.append(entry, held.token());
 *     }
 * }
 * }</pre>
 *
 * <p>What it gives, whatever clocks, pauses and the network do: each lease has a token higher than
 * that of every earlier lease. So a resource that refuses tokens lower than the highest it has seen
 * is safe. Where all replicas keep their records in memory and are started anew, tokens begin at 1
 * again.
 *
 * <p>What it gives only while the steady clocks of two nodes run apart by less than a tenth: no two
 * leases are valid at the same moment. A lease that is valid now may be over in the next moment, in
 * which the thread may be paused.
 *
 * <p>A lease is renewed as long as its node lives, even after the thread that acquired it has died.
 * Release it in a {@code finally} or {@code try}, and set {@link #heldAtMost} where that is not
 * sure to happen.
 *
 * <p>Callers who wait get the lock in the order of asking as long as no more than 128 wait. The
 * record has a queue for 256. Beyond 128, each node has an equal share of it, and the callers of
 * one node come in their order. A waiter that does not take the free lock, because it is dead, cut
 * off or slow, is passed over within one duration of the lease.
 *
 * <p>What it does not give: a holder that acquires again waits for itself, as the lock is not
 * reentrant. While a majority of the replicas is out of reach nobody acquires the lock, and its
 * holder loses it after the lease's duration.
 *
 * <p>Cost: two round trips to acquire a lock that is free, up to two more if nobody used it
 * recently, one for each renewal, one to release.
 *
 * <p><em>Threading:</em> safe for use by any number of threads. A blocking call on the event loop
 * throws {@link IllegalStateException}.
 */
public interface Lock {
    /** The name given to {@link Coordination#lock}. */
    String name();

    /**
     * Acquires the lock, waiting while others have it.
     *
     * @param wait how long to wait at most, 0 s or more; 0 s means one attempt. If too few
     *     replicas answer, the attempt continues for up to {@link
     *     io.coterie.CoterieBuilder#operationTimeout} beyond that. A caller who does not wait takes
     *     a free lock before those in the queue, unless this node has just released it to them
     * @return empty if others had the lock all the time
     * @throws IllegalArgumentException if the time is below zero
     * @throws io.coterie.rpc.error.CoterieException if too few replicas answered. The lock is not
     *     held then: a lease that may have come of the attempt is released as soon as a majority
     *     answers, and ends with its duration anyway
     * @throws io.coterie.rpc.error.OverloadedException if this node holds, seeks, waits for or
     *     releases 10,000 leases and latches already, or has as many calls of coordination in
     *     flight as {@link io.coterie.CoterieBuilder#maxOperations} allows
     * @throws io.coterie.WaitInterruptedException if the thread is interrupted before the lock is
     *     acquired; it is released as well. A lock that came first is returned, and the thread's
     *     interrupt flag is set
     */
    Optional<Lease> tryAcquire(Duration wait);

    /**
     * The holder of the lock, by its record. The holder may have lost the lock by now, or be gone.
     * Costs one round trip to a majority.
     */
    Optional<LeaseHolder> holder();

    /**
     * The same lock, with a limit on how long its leases are held. Without a limit, a lease that a
     * dead thread left behind is renewed as long as its node lives. At the limit a lease ends as
     * {@link io.coterie.consistency.coordination.LeaseEnd#LOST}, which is logged as a warning. The
     * limit binds this node alone: leases of other nodes may be held for longer.
     *
     * @param limit above 0 s. Default: none
     * @throws IllegalArgumentException if the limit is not above zero
     */
    Lock heldAtMost(Duration limit);

    /** The same lock for callers who do not wait. */
    AsyncLock async();
}
