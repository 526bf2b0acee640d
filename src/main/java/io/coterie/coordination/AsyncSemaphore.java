package io.coterie.coordination;

import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.coordination.LeaseHolder;
import io.coterie.consistency.internal.coordination.lease.LeaseRegister;
import io.coterie.internal.coordination.CoordinationRunner;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A {@link Semaphore} for callers who do not wait; futures behave as those of an {@link AsyncLock}.
 */
public final class AsyncSemaphore {
    private final String name;
    private final CoordinationRunner runner;
    private final LeaseRegister register;

    AsyncSemaphore(String name, CoordinationRunner runner, LeaseRegister register) {
        this.name = name;
        this.runner = runner;
        this.register = register;
    }

    /**
     * See {@link Semaphore#tryAcquire}. Cancelling the future gives up, and releases a lease that
     * was acquired meanwhile.
     */
    public CompletableFuture<Optional<Lease>> tryAcquire(Duration wait) {
        return runner.begin(wait, register::acquire, Lock::giveBack);
    }

    /** See {@link Semaphore#holders}. */
    public CompletableFuture<List<LeaseHolder>> holders() {
        return runner.begin(register::holders);
    }

    @Override
    public String toString() {
        return "async semaphore " + name;
    }
}
