package io.coterie.coordination;

import io.coterie.consistency.coordination.LeaseHolder;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A {@link LeaderElection} for callers who do not wait; futures behave as those of an
 * {@link AsyncLock}. {@link LeaderElection#campaign} waits for no other node: it has no twin here.
 */
public interface AsyncLeaderElection {
    /** See {@link LeaderElection#leader}. */
    CompletableFuture<Optional<LeaseHolder>> leader();
}
