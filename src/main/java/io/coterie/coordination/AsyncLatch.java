package io.coterie.coordination;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A {@link Latch} for callers who do not wait; futures behave as those of an {@link AsyncLock}. */
public interface AsyncLatch {
    /** See {@link Latch#countDown}. */
    CompletableFuture<Integer> countDown(String participant);

    /** See {@link Latch#remaining}. */
    CompletableFuture<Integer> remaining();

    /** See {@link Latch#await}. Cancelling the future gives up waiting. */
    CompletableFuture<Boolean> await(Duration wait);

    /** See {@link Latch#delete}. */
    CompletableFuture<@Nullable Void> delete();
}
