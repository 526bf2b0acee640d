package io.coterie.replication;

import io.coterie.rpc.spi.World;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** A task on a node's loop that another thread waits for. */
final class AwaitedTask {
    private AwaitedTask() {}

    /**
     * Runs a task on the loop and waits for its end. Where the loop has ended, so that nothing else
     * runs, the task runs on this thread.
     */
    static <T> T await(World world, Supplier<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        boolean taken = !world.scheduler().inLoop()
                && world.scheduler().execute(() -> {
                    try {
                        result.complete(task.get());
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                });
        if (!taken) {
            return task.get();
        }
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            } else if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }
}
