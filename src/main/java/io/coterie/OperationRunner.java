package io.coterie;

import io.coterie.consistency.KeyRange;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.ScannedPage;
import io.coterie.rpc.CoterieException;
import io.coterie.rpc.NodeClosedException;
import io.coterie.rpc.OverloadedException;
import io.coterie.rpc.World;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The way from callers' threads to the event loop, and back. */
final class OperationRunner {
    private final World world;
    private final int maxOperations;
    private final AtomicInteger underWay = new AtomicInteger();
    private final Runnable onEnd = underWay::decrementAndGet;
    private final RunningFunctions functions = new RunningFunctions();
    private final Set<Wait> waits = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    OperationRunner(World world, int maxOperations) {
        this.world = world;
        this.maxOperations = maxOperations;
    }

    RunningFunctions functions() {
        return functions;
    }

    int maxOperations() {
        return maxOperations;
    }

    /** The reading of the node's steady clock. */
    long nanos() {
        return world.clock().nanos();
    }

    /** From now on every operation is refused. Called on the loop, when the operations that have begun are at their end. */
    void close() {
        closed = true;
        waits.forEach(Wait::end);
    }

    /** Begins an operation for a caller who does not wait; its result is read on the loop. */
    <T extends @Nullable Object> CompletableFuture<T> begin(StoreRequest<T> request) {
        return handOver(request);
    }

    /** Runs an operation for a caller who waits, on whose thread its result is read. */
    <T extends @Nullable Object> T call(StoreRequest<T> request) {
        requireOffLoop();
        return request.read().apply(await(handOver(request.unread())));
    }

    /** Begins reads of many keys; the result is read on the loop. */
    <T> ManyReads<T> readAll(
            PolicyStore store, List<byte[]> keys, long timeoutNanos, Function<List<byte @Nullable []>, T> read) {
        requireOpen();
        admit(keys.size());
        return handOver(new ManyReads<>(store, keys, deadline(timeoutNanos), read, onEnd));
    }

    /** Begins to read a page; the result is read on the loop. */
    <T> PageRead<T> scan(
            PolicyStore store, KeyRange range, int limit, long timeoutNanos, Function<ScannedPage, T> read) {
        requireOpen();
        admit(1);
        return handOver(new PageRead<>(store, range, limit, deadline(timeoutNanos), read, onEnd));
    }

    /** A caller who is about to wait must not be the loop. */
    void requireOffLoop() {
        if (world.scheduler().inLoop()) {
            throw blockingOnLoop();
        }
    }

    private <T extends @Nullable Object> OperationFuture<T> handOver(StoreRequest<T> request) {
        requireOpen();
        admit(1);
        return handOver(new OperationFuture<>(request, deadline(request.timeoutNanos()), onEnd));
    }

    private long deadline(long timeoutNanos) {
        return world.clock().nanos() + timeoutNanos;
    }

    private void admit(int operations) {
        if (underWay.addAndGet(operations) > maxOperations) {
            underWay.addAndGet(-operations);
            String found = operations == 1
                    ? "there are " + maxOperations + " operations under way at this node"
                    : operations + " reads and the operations under way at this node are more than " + maxOperations;
            throw new OverloadedException(
                    found + ", the setting of maxOperations: wait for some of them to end before you"
                            + " begin more, or raise it");
        }
    }

    private <T extends @Nullable Object, F extends CompletableFuture<T> & Runnable> F handOver(F future) {
        world.scheduler().execute(future);
        if (closed) {
            // The loop may have ended before it came to this one. If it did come to it, the future has its end already.
            future.completeExceptionally(closed());
        }
        return future;
    }

    void requireOpen() {
        if (closed) {
            throw closed();
        }
    }

    /** The same future, which fails if the node is closed first: its answer may have been on the way. */
    <T extends @Nullable Object> CompletableFuture<T> untilClosed(CompletableFuture<T> future) {
        Wait wait = new Wait(future);
        waits.add(wait);
        if (closed) {
            wait.end();
        }
        return future.whenComplete((value, error) -> waits.remove(wait));
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
        return await(untilClosed(result));
    }

    /**
     * Completes when the store is open, and fails if it was not in that time, or cannot be opened as things are.
     *
     * @param nanos 0 or less: if it is open now
     */
    CompletableFuture<@Nullable Void> whenReady(StoreGate gate, long nanos) {
        return whenTold((ready, fail) -> gate.awaitReady(nanos, ready, fail));
    }

    /** Completes, or fails, as a task that begins on the loop tells. */
    CompletableFuture<@Nullable Void> whenTold(BiConsumer<Runnable, Consumer<Throwable>> task) {
        requireOpen();
        CompletableFuture<@Nullable Void> told = new CompletableFuture<>();
        world.scheduler().execute(() -> task.accept(() -> told.complete(null), told::completeExceptionally));
        return untilClosed(told);
    }

    /** Waits for a future, and throws what it failed with. */
    <T extends @Nullable Object> T await(CompletableFuture<T> future) {
        if (!future.isDone() && world.scheduler().inLoop()) {
            throw blockingOnLoop();
        }
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WaitInterruptedException(future instanceof OperationFuture<?> change && change.mayChange());
        } catch (ExecutionException e) {
            throw asSeenHere(e.getCause());
        }
    }

    /** What the loop threw, with the way to the call that it failed: a stack trace of the loop alone tells no user that. */
    private static RuntimeException asSeenHere(@Nullable Throwable thrown) {
        if (thrown instanceof CoterieException) {
            thrown.addSuppressed(new CalledHere());
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException exception ? exception : new IllegalStateException(thrown);
    }

    static IllegalStateException blockingOnLoop() {
        return new IllegalStateException("a blocking call on the event loop would wait for itself: chain with an Async"
                + " method of CompletableFuture and an executor, or use async()");
    }

    private static NodeClosedException closed() {
        return new NodeClosedException("this coterie is closed: start another to go on", false);
    }

    /** A future that an answer from the loop or from another node is to complete. */
    private static final class Wait {
        private final CompletableFuture<?> future;

        Wait(CompletableFuture<?> future) {
            this.future = future;
        }

        void end() {
            future.completeExceptionally(closed());
        }
    }

    private static final class CalledHere extends Throwable {
        private static final long serialVersionUID = 1L;

        CalledHere() {
            super("the operation was called here");
        }
    }
}
