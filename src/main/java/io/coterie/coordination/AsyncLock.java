package io.coterie.coordination;

import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.coordination.LeaseHolder;
import io.coterie.consistency.internal.coordination.lease.LeaseRegister;
import io.coterie.internal.coordination.CoordinationRunner;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A {@link Lock} for callers who do not wait: each method returns at once, and its future ends as
 * the method of the same name there would return or throw.
 *
 * <p>Futures complete on the event loop, where nothing may block: use the {@code Async} variants of
 * the chaining methods for anything that waits. Safe for use by any number of threads.
 */
public final class AsyncLock {
    private final String name;
    private final CoordinationRunner runner;
    private final LeaseRegister register;

    AsyncLock(String name, CoordinationRunner runner, LeaseRegister register) {
        this.name = name;
        this.runner = runner;
        this.register = register;
    }

    /**
     * See {@link Lock#tryAcquire}. Cancelling the future gives up, and releases a lease that was
     * acquired meanwhile.
     */
    public CompletableFuture<Optional<Lease>> tryAcquire(Duration wait) {
        return runner.begin(wait, register::acquire, Lock::giveBack);
    }

    /** See {@link Lock#holder}. */
    public CompletableFuture<Optional<LeaseHolder>> holder() {
        return runner.begin(
                () -> register.holders().thenApply(all -> all.stream().findFirst()));
    }

    @Override
    public String toString() {
        return "async lock " + name;
    }
}
