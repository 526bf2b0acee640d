package io.coterie.internal.coordination;

import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.coordination.LeaseHolder;
import io.coterie.consistency.internal.coordination.lease.LeaseRegister;
import io.coterie.coordination.AsyncSemaphore;
import io.coterie.coordination.Semaphore;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A semaphore over a record with a lease for each permit. */
record LeaseSemaphore(String name, CoordinationRunner runner, LeaseRegister register) implements Semaphore {
    @Override
    public Optional<Lease> tryAcquire(Duration wait) {
        return runner.call(wait, register::acquire, LeaseLock::release);
    }

    @Override
    public List<LeaseHolder> holders() {
        return runner.call(false, register::holders);
    }

    @Override
    public Semaphore heldAtMost(Duration limit) {
        Objects.requireNonNull(limit, "heldAtMost must not be null");
        return new LeaseSemaphore(name, runner, register.heldAtMost(limit));
    }

    @Override
    public AsyncSemaphore async() {
        return new Async(name, runner, register);
    }

    @Override
    public String toString() {
        return "semaphore " + name;
    }

    private record Async(String name, CoordinationRunner runner, LeaseRegister register) implements AsyncSemaphore {
        @Override
        public CompletableFuture<Optional<Lease>> tryAcquire(Duration wait) {
            return runner.begin(wait, register::acquire, LeaseLock::release);
        }

        @Override
        public CompletableFuture<List<LeaseHolder>> holders() {
            return runner.begin(register::holders);
        }

        @Override
        public String toString() {
            return "async semaphore " + name;
        }
    }
}
