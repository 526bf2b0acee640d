package io.coterie;

import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.coordination.LeaseHolder;
import io.coterie.consistency.coordination.LeaseRegister;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A lock that all nodes share, held as a {@link Lease}: until released, or until its holder has not been able to renew it for
 * the lease's duration.
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
 * <p>What it gives, whatever clocks, pauses and the network do: each lease has a token higher than that of every lease
 * before. So a resource that refuses lower tokens than it has seen is safe. Where all replicas keep their records in memory and
 * are started anew, tokens begin at 1 again.
 *
 * <p>What it gives only while the steady clocks of two nodes run apart by less than a tenth: no two leases are valid at
 * the same moment. That a lease is valid now says nothing of the next moment, in which the thread may be paused.
 *
 * <p>A lease is renewed as long as its node lives, whatever becomes of the thread that acquired it: release it in a {@code
 * finally} or {@code try}, and give {@link #heldAtMost} where that is not sure to happen.
 *
 * <p>Who waits gets the lock in the order of asking: the record has a queue for 64 waiters, and any more wait for a place in it.
 * A waiter that does not take the free lock, because it is dead, cut off or slow, is passed over within one duration of
 * the lease.
 *
 * <p>What it does not give: no reentrancy, as a holder that acquires again waits for itself. With a majority of the replicas
 * out of reach nobody acquires, and who holds the lease loses it after its duration.
 *
 * <p>Costs two round trips to acquire a lock that is free, up to two more if nobody used it of late, one for each renewal, one
 * to release.
 */
public final class Lock {
    private final String name;
    private final CoordinationRunner runner;
    private final LeaseRegister register;

    Lock(String name, CoordinationRunner runner, LeaseRegister register) {
        this.name = name;
        this.runner = runner;
        this.register = register;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /**
     * Acquires the lock, waiting while others have it.
     *
     * @param wait how long at most; zero means a look and no wait. Lack of answers is waited out for up to
     *     {@link CoterieBuilder#operationTimeout} longer. Who does not wait takes a free lock before those in the queue, unless
     *     this node has just released it to them
     * @return empty if others had it all the time
     * @throws io.coterie.rpc.CoterieException if too few replicas answered. The lock is not held then: what may have come
     *     of it is given back, as soon as a majority answers, and ends with the lease's duration anyway
     * @throws WaitInterruptedException if the thread is interrupted before the lock is there; it is given back as well. A lock
     *     that came first is returned, and the thread's interrupt flag is set
     */
    public Optional<Lease> tryAcquire(Duration wait) {
        return runner.call(wait, register::acquire, Lock::giveBack);
    }

    /** Who has the lock, as the record says; the holder may have lost it by now, or be gone. */
    public Optional<LeaseHolder> holder() {
        return runner.call(false, register::holders).stream().findFirst();
    }

    /**
     * The same lock, whose leases are over after a time even if nobody releases them: that of a thread that died is renewed
     * as long as its node lives otherwise. It ends as {@link io.coterie.consistency.coordination.LeaseEnd#LOST}, which is
     * logged as a warning. It is a matter of this node alone: at another one leases may be held for longer.
     *
     * @param most above zero; without a limit by default
     */
    public Lock heldAtMost(Duration most) {
        Objects.requireNonNull(most, "most must not be null");
        return new Lock(name, runner, register.heldAtMost(most));
    }

    /** The same lock for callers who do not wait. */
    public AsyncLock async() {
        return new AsyncLock(name, runner, register);
    }

    @Override
    public String toString() {
        return "lock " + name;
    }

    static void giveBack(Optional<Lease> unwanted) {
        unwanted.ifPresent(Lease::close);
    }
}
