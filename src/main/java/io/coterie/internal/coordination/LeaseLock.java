package io.coterie.internal.coordination;

import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.coordination.LeaseHolder;
import io.coterie.consistency.internal.coordination.lease.LeaseRegister;
import io.coterie.coordination.AsyncLock;
import io.coterie.coordination.Lock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A lock over a record of one lease. */
record LeaseLock(String name, CoordinationRunner runner, LeaseRegister register) implements Lock {
    @Override
    public Optional<Lease> tryAcquire(Duration wait) {
        return runner.call(wait, register::acquire, LeaseLock::release);
    }

    @Override
    public Optional<LeaseHolder> holder() {
        return runner.call(false, register::holders).stream().findFirst();
    }

    @Override
    public Lock heldAtMost(Duration limit) {
        Objects.requireNonNull(limit, "heldAtMost must not be null");
        return new LeaseLock(name, runner, register.heldAtMost(limit));
    }

    @Override
    public AsyncLock async() {
        return new Async(name, runner, register);
    }

    @Override
    public String toString() {
        return "lock " + name;
    }

    /** Releases a lease that its caller no longer waits for. */
    static void release(Optional<Lease> unwanted) {
        unwanted.ifPresent(Lease::close);
    }

    private record Async(String name, CoordinationRunner runner, LeaseRegister register) implements AsyncLock {
        @Override
        public CompletableFuture<Optional<Lease>> tryAcquire(Duration wait) {
            return runner.begin(wait, register::acquire, LeaseLock::release);
        }

        @Override
        public CompletableFuture<Optional<LeaseHolder>> holder() {
            return runner.begin(
                    () -> register.holders().thenApply(all -> all.stream().findFirst()));
        }

        @Override
        public String toString() {
            return "async lock " + name;
        }
    }
}
