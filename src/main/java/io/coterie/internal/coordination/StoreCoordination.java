package io.coterie.internal.coordination;

import io.coterie.consistency.internal.coordination.latch.CountLatch;
import io.coterie.consistency.internal.coordination.lease.LeaseRegister;
import io.coterie.consistency.internal.coordination.node.Coordinator;
import io.coterie.coordination.Coordination;
import io.coterie.coordination.Latch;
import io.coterie.coordination.LeaderElection;
import io.coterie.coordination.Lock;
import io.coterie.coordination.Semaphore;
import io.coterie.internal.operations.CallerLoop;
import io.coterie.internal.readiness.StoreGate;
import io.coterie.internal.settings.Timeouts;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Makes the objects whose records are in one store. */
record StoreCoordination(String name, CoordinationRunner runner, StoreGate gate, Coordinator coordinator)
        implements Coordination {
    @Override
    public Lock lock(String lock, Duration lease) {
        return new LeaseLock(lock, runner, register("lock", lock, 1, lease));
    }

    @Override
    public LeaderElection election(String election, Duration lease) {
        return new LeaseElection(election, runner, register("election", election, 1, lease));
    }

    @Override
    public Semaphore semaphore(String semaphore, int permits, Duration lease) {
        return new LeaseSemaphore(semaphore, runner, register("semaphore", semaphore, permits, lease));
    }

    @Override
    public Latch latch(String latch, int count) {
        return new RecordLatch(latch, runner, new CountLatch(coordinator, latch, count));
    }

    @Override
    public void awaitReady(Duration timeout) {
        CallerLoop loop = runner.loop();
        loop.requireOffLoop();
        long nanos = Timeouts.checkWait("awaitReady", timeout);
        loop.await(gate.whenReady(loop, nanos), nanos);
    }

    @Override
    public CompletableFuture<@Nullable Void> readyAsync() {
        return gate.whenReady(runner.loop(), Timeouts.NO_LIMIT);
    }

    @Override
    public String toString() {
        return "coordination " + name;
    }

    /** Releases the leases that this node holds. */
    CompletableFuture<Void> close() {
        CompletableFuture<Void> released = new CompletableFuture<>();
        boolean taken = runner.handOver(() -> {
            var unused = coordinator.close().whenComplete((nothing, error) -> released.complete(null));
        });
        return taken ? released : CompletableFuture.completedFuture(null);
    }

    private LeaseRegister register(String kind, String named, int permits, Duration lease) {
        Objects.requireNonNull(lease, "lease must not be null");
        return new LeaseRegister(coordinator, kind, named, permits, lease);
    }
}
