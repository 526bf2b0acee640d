package io.coterie.coordination;

import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.coordination.LeaseHolder;
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
public interface AsyncLock {
    /**
     * See {@link Lock#tryAcquire}. Cancelling the future gives up, and releases a lease that was
     * acquired meanwhile.
     */
    CompletableFuture<Optional<Lease>> tryAcquire(Duration wait);

    /** See {@link Lock#holder}. */
    CompletableFuture<Optional<LeaseHolder>> holder();
}
