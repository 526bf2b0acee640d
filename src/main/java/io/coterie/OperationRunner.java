package io.coterie;

import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.rpc.NodeClosedException;
import io.coterie.rpc.World;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The way from callers' threads to the event loop, and back. */
final class OperationRunner {
    private final World world;
    private final long timeoutNanos;
    private volatile boolean closed;

    OperationRunner(World world, long timeoutNanos) {
        this.world = world;
        this.timeoutNanos = timeoutNanos;
    }

    /** From now on every operation is refused. */
    void close() {
        closed = true;
    }

    <T extends @Nullable Object> CompletableFuture<T> run(
            PolicyStore store, byte[] key, Operation operation, Function<Result, T> read) {
        long deadline = world.clock().nanos() + timeoutNanos;
        OperationFuture<T> future = new OperationFuture<>(store, key, operation, deadline, read);
        if (closed) {
            future.completeExceptionally(closed());
        } else {
            world.scheduler().execute(future);
        }
        return future;
    }

    void requireOpen() {
        if (closed) {
            throw closed();
        }
    }

    /** Runs a short task on the loop and waits for it. */
    <T> T onLoop(Supplier<T> task) {
        requireOpen();
        if (world.scheduler().inLoop()) {
            return task.get();
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        world.scheduler().execute(() -> {
            try {
                result.complete(task.get());
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        return await(result);
    }

    /** Waits for a future, and throws what it failed with. */
    <T extends @Nullable Object> T await(CompletableFuture<T> future) {
        if (!future.isDone() && world.scheduler().inLoop()) {
            throw new IllegalStateException(
                    "a blocking call on the event loop would wait for itself: chain with an Async"
                            + " method of CompletableFuture and an executor, or use async()");
        }
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OutcomeUnknownException("the thread was interrupted while it waited", Map.of());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private static NodeClosedException closed() {
        return new NodeClosedException("this coterie was closed", false);
    }
}
