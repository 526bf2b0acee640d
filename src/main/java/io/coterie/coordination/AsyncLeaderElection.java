package io.coterie.coordination;

import io.coterie.consistency.coordination.LeaseHolder;
import io.coterie.consistency.internal.coordination.lease.LeaseRegister;
import io.coterie.internal.coordination.CoordinationRunner;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A {@link LeaderElection} for callers who do not wait; futures behave as those of an
 * {@link AsyncLock}. {@link LeaderElection#campaign} waits for no other node: it has no twin here.
 */
public final class AsyncLeaderElection {
    private final String name;
    private final CoordinationRunner runner;
    private final LeaseRegister register;

    AsyncLeaderElection(String name, CoordinationRunner runner, LeaseRegister register) {
        this.name = name;
        this.runner = runner;
        this.register = register;
    }

    /** See {@link LeaderElection#leader}. */
    public CompletableFuture<Optional<LeaseHolder>> leader() {
        return runner.begin(
                () -> register.holders().thenApply(all -> all.stream().findFirst()));
    }

    @Override
    public String toString() {
        return "async election " + name;
    }
}
