package io.coterie;

import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.coordination.LeaseHolder;
import io.coterie.consistency.coordination.LeaseRegister;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A number of permits that all nodes share. Each is held as a {@link Lease}, so the permits of a holder that died come back
 * after the lease's duration.
 *
 * <p>It promises what a {@link Lock} does, with as many valid leases at a moment as there are permits: at no time more, while
 * the steady clocks of two nodes run apart by less than a tenth. Tokens rise over all leases of the semaphore; a resource that
 * refuses lower tokens than it has seen serves only the newest holder, so use them as names of the permits in use rather
 * than as a bar, or protect what must not be shared by a {@link Lock}. No reentrancy; one permit at a time.
 *
 * <p>All leases are in one record, and each renewal writes it: many holders with short leases stand in each other's way.
 */
public final class Semaphore {
    private final String name;
    private final CoordinationRunner runner;
    private final LeaseRegister register;

    Semaphore(String name, CoordinationRunner runner, LeaseRegister register) {
        this.name = name;
        this.runner = runner;
        this.register = register;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /**
     * Acquires a permit, as {@link Lock#tryAcquire} acquires a lock.
     *
     * @return empty if others had all permits all the time
     * @throws IllegalStateException if the semaphore was made with another number of permits
     */
    public Optional<Lease> tryAcquire(Duration wait) {
        return runner.call(wait, register::acquire, Lock::giveBack);
    }

    /** Who has permits, as the record says; some may have lost theirs by now, or be gone. */
    public List<LeaseHolder> holders() {
        return runner.call(false, register::holders);
    }

    /**
     * The same semaphore, whose leases are over after a time even if nobody releases them: one of a thread that died is renewed
     * as long as its node lives otherwise. It ends as {@link io.coterie.consistency.coordination.LeaseEnd#LOST}, which is
     * logged as a warning. It is a matter of this node alone: at another one leases may be held for longer.
     *
     * @param most above zero; without a limit by default
     */
    public Semaphore heldAtMost(Duration most) {
        Objects.requireNonNull(most, "most must not be null");
        return new Semaphore(name, runner, register.heldAtMost(most));
    }

    /** The same semaphore for callers who do not wait. */
    public AsyncSemaphore async() {
        return new AsyncSemaphore(name, runner, register);
    }

    @Override
    public String toString() {
        return "semaphore " + name;
    }
}
