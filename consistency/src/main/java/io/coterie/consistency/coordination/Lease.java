package io.coterie.consistency.coordination;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The right to something for a while, which its node renews at a third of its duration until it is
 * released or lost.
 *
 * <p>What the token gives, whatever clocks, pauses and the network do: it is higher than that of
 * every lease given before, so a resource that refuses tokens below the highest that it has seen
 * ({@link FencingGuard}) is never changed by an earlier holder after a later one. <b>Send it along
 * with every request to the resource.</b>
 *
 * <p>What {@link #isValid()} gives: while it is true, nobody else has this place, <em>provided</em>
 * that the steady clocks of two nodes run apart by less than a tenth. It says nothing of the next
 * moment: a thread that is paused after the check (by the collector, the scheduler, a suspended
 * machine) acts late, and then only the token helps. Wall clocks play no part.
 *
 * <p>A holder that cannot reach a majority, because it is cut off or the majority is down, loses
 * the lease one duration after it last sent a renewal that got through. It counts from before it
 * sent it; others wait a tenth longer, from when they saw it. {@link #isValid()} returns false from
 * that very moment. {@link #ended()} is completed as soon as the node's loop comes to it: after a
 * pause, when the pause is over.
 *
 * <p>The node renews it as long as the node lives, whatever becomes of the thread that acquired it,
 * unless the lock or semaphore has a longest time for which leases are held ({@code heldAtMost}).
 *
 * <p>Safe for use by any thread. The library implements this; tests of what uses it may, too.
 */
public interface Lease extends AutoCloseable {
    /** The fencing token: 1 or more, higher than that of every lease that was given before. */
    long token();

    /**
     * Whether the lease is held at this moment. Once false, it stays so. Reads the clock once.
     */
    boolean isValid();

    /**
     * For how long the lease is valid even if no further renewal gets through; zero when it is
     * over.
     */
    Duration remaining();

    /**
     * Is completed once, on the node's loop, when the lease is over, with how it ended. What is
     * chained to it must not block: use the {@code Async} variants with an executor for anything
     * that does.
     */
    CompletableFuture<LeaseEnd> ended();

    /**
     * Releases the lease. It is not valid from this moment on, and others may have it as soon as a
     * majority knows, in one round trip, or else after its duration. Does nothing to a lease that
     * is over.
     *
     * @return is completed, on the node's loop, when it is known to be released or was taken over.
     *     Fails if the node is closed before. Need not be waited for
     */
    CompletableFuture<@Nullable Void> release();

    /** {@link #release() Releases} it, and does not wait until that is known to others. */
    @Override
    void close();
}
