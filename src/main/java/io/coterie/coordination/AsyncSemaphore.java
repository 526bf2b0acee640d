package io.coterie.coordination;

import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.coordination.LeaseHolder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A {@link Semaphore} for callers who do not wait; futures behave as those of an {@link AsyncLock}.
 */
public interface AsyncSemaphore {
    /**
     * See {@link Semaphore#tryAcquire}. Cancelling the future gives up, and releases a lease that
     * was acquired meanwhile.
     */
    CompletableFuture<Optional<Lease>> tryAcquire(Duration wait);

    /** See {@link Semaphore#holders}. */
    CompletableFuture<List<LeaseHolder>> holders();
}
