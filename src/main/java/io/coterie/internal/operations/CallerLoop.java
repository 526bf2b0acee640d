package io.coterie.internal.operations;

import io.coterie.WaitInterruptedException;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.error.NodeClosedException;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.spi.LoopFuture;
import io.coterie.rpc.spi.World;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The way from callers' threads to the event loop, and back. */
public final class CallerLoop {
    /** How long the loop has to end the operations in flight, before it counts as blocked. */
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final World world;
    private final long operationNanos;
    private final Set<Wait> waits = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    /** @param operationTimeout how long a task without a timeout of its own may take on the loop */
    public CallerLoop(World world, Duration operationTimeout) {
        this.world = world;
        this.operationNanos = operationTimeout.toNanos();
    }

    public World world() {
        return world;
    }

    /** How long an operation without a timeout of its own may take. */
    public long operationNanos() {
        return operationNanos;
    }

    /** The reading of the node's steady clock. */
    public long nanos() {
        return world.clock().nanos();
    }

    /** From now on, failures say that the node is closed because its loop cannot continue. */
    public void endedBy(Throwable reason) {
        failure = reason;
    }

    /**
     * From now on every operation is refused. Called on the loop, after the operations in flight
     * have ended.
     */
    public void close() {
        closed = true;
        waits.forEach(wait -> wait.end(closed()));
    }

    /** A caller who is about to wait must not be the loop. */
    public void requireOffLoop() {
        if (world.scheduler().inLoop()) {
            throw blockingOnLoop();
        }
    }

    /** Has the loop run a future, which fails if the node is closed. */
    <T extends @Nullable Object, F extends NodeFuture<T> & Runnable> F handOver(F future) {
        world.scheduler().execute(future);
        if (closed) {
            // The loop may have ended before it ran this future. If it did run it, the future is
            // completed already.
            future.completeExceptionally(closed());
        }
        return future;
    }

    /**
     * A future that fails with the refusal: at once, or in a later turn where this is the loop. A
     * stage that begins another operation in place of each refused one would otherwise call itself
     * until the stack is full.
     */
    public <T extends @Nullable Object> CompletableFuture<T> refused(OverloadedException refusal) {
        if (!world.scheduler().inLoop()) {
            return CompletableFuture.failedFuture(refusal);
        }
        LoopFuture<T> future = LoopFuture.on(world);
        if (!world.scheduler().execute(() -> future.completeExceptionally(refusal))) {
            future.completeExceptionally(refusal);
        }
        return future;
    }

    public void requireOpen() {
        if (closed) {
            throw closed();
        }
    }

    /** The same future, which fails if the node is closed first. */
    public <F extends CompletableFuture<?>> F untilClosed(F future) {
        Wait wait = new Wait(future);
        waits.add(wait);
        if (closed) {
            wait.end(closed());
        }
        var unused = future.whenComplete((value, error) -> waits.remove(wait));
        return future;
    }

    /** Runs a short task on the loop and waits for it. */
    public <T> T onLoop(Supplier<T> task) {
        return onLoop(task, value -> {});
    }

    /**
     * Runs a short task on the loop and waits for it.
     *
     * @param undo is given, on the loop, the result of the task where the caller no longer waits
     */
    public <T> T onLoop(Supplier<T> task, Consumer<T> undo) {
        requireOpen();
        if (world.scheduler().inLoop()) {
            return task.get();
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        world.scheduler().execute(() -> {
            if (!result.isDone()) {
                run(task, result, undo);
            }
        });
        return await(untilClosed(result), operationNanos);
    }

    /**
     * A future that is completed or failed by a wait that begins on the loop.
     *
     * @param wait begins the wait, and returns a task that ends it silently, which is run on the
     *     loop when nobody waits any longer
     */
    public CompletableFuture<@Nullable Void> whenNotified(BiFunction<Runnable, Consumer<Throwable>, Runnable> wait) {
        requireOpen();
        LoopFuture<@Nullable Void> notified = LoopFuture.on(world);
        world.scheduler().execute(() -> {
            if (!notified.isDone()) {
                begin(wait, notified);
            }
        });
        return untilClosed(notified);
    }

    private void begin(
            BiFunction<Runnable, Consumer<Throwable>, Runnable> wait, CompletableFuture<@Nullable Void> notified) {
        try {
            Runnable leave = wait.apply(() -> notified.complete(null), notified::completeExceptionally);
            var unused =
                    notified.whenComplete((nothing, error) -> world.scheduler().execute(leave));
        } catch (Throwable e) {
            notified.completeExceptionally(e);
        }
    }

    /**
     * Runs the last task on the loop, and waits some seconds for it, interrupted or not. Returns
     * whether it was run.
     */
    public boolean runOnLoop(Runnable last) {
        if (world.scheduler().inLoop()) {
            last.run();
            return true;
        }
        CountDownLatch ran = new CountDownLatch(1);
        boolean taken = world.scheduler().execute(() -> {
            try {
                last.run();
            } finally {
                ran.countDown();
            }
        });
        if (!taken) {
            last.run();
            return true;
        }
        return isOverInTime(ran);
    }

    private boolean isOverInTime(CountDownLatch ran) {
        boolean interrupted = false;
        try {
            long end = world.clock().nanos() + CLOSE_NANOS;
            while (true) {
                try {
                    return ran.await(end - world.clock().nanos(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static <T> void run(Supplier<T> task, CompletableFuture<T> result, Consumer<T> undo) {
        T value;
        try {
            value = task.get();
        } catch (Throwable e) {
            result.completeExceptionally(e);
            return;
        }
        if (!result.complete(value)) {
            undo.accept(value);
        }
    }

    /**
     * Waits for a future that ends by itself in that time, and throws the exception that it failed
     * with. A caller who leaves before it has ended ends it, as nobody would take a later result.
     */
    public <T extends @Nullable Object> T await(CompletableFuture<T> future, long nanos) {
        if (!future.isDone()) {
            requireOffLoop();
        }
        try {
            try {
                return future.get(
                        Math.min(nanos, Long.MAX_VALUE / 2) + LoopFuture.GRACE.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                future.completeExceptionally(new WaitInterruptedException(false));
            } catch (TimeoutException e) {
                future.completeExceptionally(NodeFuture.heldUp(false));
            }
            // A result that came just before is returned: it has an effect that nobody else would
            // undo.
            return future.get();
        } catch (InterruptedException e) {
            throw new IllegalStateException("not thrown for a future that has ended", e);
        } catch (ExecutionException e) {
            throw asSeenHere(e.getCause());
        }
    }

    /** Waits for an operation, and throws the exception that it failed with. */
    public <T extends @Nullable Object> T await(NodeFuture<T> future) {
        if (!future.isDone()) {
            requireOffLoop();
        }
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WaitInterruptedException(future.mayChange());
        } catch (ExecutionException e) {
            throw asSeenHere(e.getCause());
        }
    }

    /**
     * The exception of the loop, with the stack of the call that it failed: its own shows the loop
     * alone.
     */
    private static RuntimeException asSeenHere(@Nullable Throwable thrown) {
        if (thrown instanceof CoterieException) {
            thrown.addSuppressed(new CalledHere());
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException exception
                ? exception
                : CallerLoop.<RuntimeException>undeclared(thrown);
    }

    /**
     * Throws a checked exception that a user's function did not declare, as code of other languages
     * throws.
     */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> RuntimeException undeclared(@Nullable Throwable thrown) throws E {
        throw (E) Objects.requireNonNull(thrown);
    }

    private static IllegalStateException blockingOnLoop() {
        return new IllegalStateException("a blocking call on the event loop would wait for itself: chain with an Async"
                + " method of CompletableFuture and an executor, or use async()");
    }

    private NodeClosedException closed() {
        Throwable reason = failure;
        return new NodeClosedException(
                reason == null
                        ? "this coterie is closed: start another to continue"
                        : "this coterie has closed itself, as its event loop could not continue: " + reason
                                + "; see its log, and restart the process",
                false);
    }

    /** A future that the loop or an answer of another node completes. */
    private static final class Wait {
        private final CompletableFuture<?> future;

        Wait(CompletableFuture<?> future) {
            this.future = future;
        }

        void end(Throwable reason) {
            future.completeExceptionally(reason);
        }
    }

    private static final class CalledHere extends Throwable {
        private static final long serialVersionUID = 1L;

        CalledHere() {
            super("the operation was called here");
        }
    }
}
