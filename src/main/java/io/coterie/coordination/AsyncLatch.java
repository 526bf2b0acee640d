package io.coterie.coordination;

import io.coterie.consistency.internal.coordination.latch.CountLatch;
import io.coterie.internal.coordination.CoordinationRunner;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A {@link Latch} for callers who do not wait; futures behave as those of an {@link AsyncLock}. */
public final class AsyncLatch {
    private final String name;
    private final CoordinationRunner runner;
    private final CountLatch latch;

    AsyncLatch(String name, CoordinationRunner runner, CountLatch latch) {
        this.name = name;
        this.runner = runner;
        this.latch = latch;
    }

    /** See {@link Latch#countDown}. */
    public CompletableFuture<Integer> countDown(String participant) {
        return runner.begin(() -> latch.countDown(participant));
    }

    /** See {@link Latch#remaining}. */
    public CompletableFuture<Integer> remaining() {
        return runner.begin(latch::remaining);
    }

    /** See {@link Latch#await}. Cancelling the future gives up waiting. */
    public CompletableFuture<Boolean> await(Duration wait) {
        return runner.begin(wait, latch::await, opened -> {});
    }

    /** See {@link Latch#delete}. */
    public CompletableFuture<@Nullable Void> delete() {
        return runner.begin(latch::delete);
    }

    @Override
    public String toString() {
        return "async latch " + name;
    }
}
