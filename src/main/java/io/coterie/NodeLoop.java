package io.coterie;

import io.coterie.internal.operations.NodeFuture;
import io.coterie.rpc.CoterieException;
import io.coterie.rpc.LoopFuture;
import io.coterie.rpc.NodeClosedException;
import io.coterie.rpc.OverloadedException;
import io.coterie.rpc.World;
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
final class NodeLoop {
    /** How long the loop has to end what is in flight, before it counts as held up. */
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final World world;
    private final long operationNanos;
    private final Set<Wait> waits = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    /** @param operationTimeout how long a task without a timeout of its own may take on the loop */
    NodeLoop(World world, Duration operationTimeout) {
        this.world = world;
        this.operationNanos = operationTimeout.toNanos();
    }

    World world() {
        return world;
    }

    /** How long an operation may take that has no timeout of its own. */
    long operationNanos() {
        return operationNanos;
    }

    /** The reading of the node's steady clock. */
    long nanos() {
        return world.clock().nanos();
    }

    /** Says from now on that the node is closed since its loop cannot go on. */
    void endedBy(Throwable reason) {
        failure = reason;
    }

    /** From now on every operation is refused. Called on the loop, when the operations that have begun are at their end. */
    void close() {
        closed = true;
        waits.forEach(wait -> wait.end(closed()));
    }

    /** A caller who is about to wait must not be the loop. */
    void requireOffLoop() {
        if (world.scheduler().inLoop()) {
            throw blockingOnLoop();
        }
    }

    /** Has the loop run a future, which fails if the node is closed. */
    <T extends @Nullable Object, F extends NodeFuture<T> & Runnable> F handOver(F future) {
        world.scheduler().execute(future);
        if (closed) {
            // The loop may have ended before it came to this one. If it did come to it, the future has its end already.
            future.completeExceptionally(closed());
        }
        return future;
    }

    /**
     * Fails at once, and on the loop in a later turn: a stage that begins another operation in place of each that is refused would
     * otherwise call itself, until the stack is full.
     */
    <T extends @Nullable Object> CompletableFuture<T> refused(OverloadedException refusal) {
        if (!world.scheduler().inLoop()) {
            return CompletableFuture.failedFuture(refusal);
        }
        LoopFuture<T> future = LoopFuture.on(world);
        if (!world.scheduler().execute(() -> future.completeExceptionally(refusal))) {
            future.completeExceptionally(refusal);
        }
        return future;
    }

    void requireOpen() {
        if (closed) {
            throw closed();
        }
    }

    /** The same future, which fails if the node is closed first: its answer may have been on the way. */
    <F extends CompletableFuture<?>> F untilClosed(F future) {
        Wait wait = new Wait(future);
        waits.add(wait);
        if (closed) {
            wait.end(closed());
        }
        var unused = future.whenComplete((value, error) -> waits.remove(wait));
        return future;
    }

    /** Runs a short task on the loop and waits for it. */
    <T> T onLoop(Supplier<T> task) {
        return onLoop(task, value -> {});
    }

    /**
     * Runs a short task on the loop and waits for it.
     *
     * @param undo is given, on the loop, what came of the task when the caller waits no more
     */
    <T> T onLoop(Supplier<T> task, Consumer<T> undo) {
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
     * Completes when the store is open, and fails if it was not in that time, or cannot be opened as things are.
     *
     * @param nanos 0 or less: if it is open now
     */
    CompletableFuture<@Nullable Void> whenReady(StoreGate gate, long nanos) {
        return whenTold((ready, fail) -> gate.awaitReady(nanos, ready, fail));
    }

    /**
     * Completes, or fails, as a wait that begins on the loop tells.
     *
     * @param wait begins, and returns what ends it without a word, which is called on the loop when nobody waits any more
     */
    CompletableFuture<@Nullable Void> whenTold(BiFunction<Runnable, Consumer<Throwable>, Runnable> wait) {
        requireOpen();
        LoopFuture<@Nullable Void> told = LoopFuture.on(world);
        world.scheduler().execute(() -> {
            if (!told.isDone()) {
                begin(wait, told);
            }
        });
        return untilClosed(told);
    }

    private void begin(
            BiFunction<Runnable, Consumer<Throwable>, Runnable> wait, CompletableFuture<@Nullable Void> told) {
        try {
            Runnable leave = wait.apply(() -> told.complete(null), told::completeExceptionally);
            var unused = told.whenComplete((nothing, error) -> world.scheduler().execute(leave));
        } catch (Throwable e) {
            told.completeExceptionally(e);
        }
    }

    /** Runs the last task on the loop, and waits some seconds for it, interrupted or not. Returns whether it has been run. */
    boolean runOnLoop(Runnable last) {
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
     * Waits for a future that ends by itself in that time, and throws what it failed with. Who goes before it has ended, ends it:
     * what comes then is not for anybody any more.
     */
    <T extends @Nullable Object> T await(CompletableFuture<T> future, long nanos) {
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
            // What came just before is returned: it has an effect that nobody else would undo.
            return future.get();
        } catch (InterruptedException e) {
            throw new IllegalStateException("not thrown for a future that has ended", e);
        } catch (ExecutionException e) {
            throw asSeenHere(e.getCause());
        }
    }

    /** Waits for an operation, and throws what it failed with. */
    <T extends @Nullable Object> T await(NodeFuture<T> future) {
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

    /** What the loop threw, with the way to the call that it failed: a stack trace of the loop alone tells no user that. */
    private static RuntimeException asSeenHere(@Nullable Throwable thrown) {
        if (thrown instanceof CoterieException) {
            thrown.addSuppressed(new CalledHere());
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException exception
                ? exception
                : NodeLoop.<RuntimeException>undeclared(thrown);
    }

    /** Throws what a user's function threw without declaring it, as code of other languages does: to its caller it is no surprise. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> RuntimeException undeclared(@Nullable Throwable thrown) throws E {
        throw (E) Objects.requireNonNull(thrown);
    }

    static IllegalStateException blockingOnLoop() {
        return new IllegalStateException("a blocking call on the event loop would wait for itself: chain with an Async"
                + " method of CompletableFuture and an executor, or use async()");
    }

    private NodeClosedException closed() {
        Throwable reason = failure;
        return new NodeClosedException(
                reason == null
                        ? "this coterie is closed: start another to go on"
                        : "this coterie has closed itself, as its event loop could not go on: " + reason
                                + "; see its log, and restart the process",
                false);
    }

    /** A future that an answer from the loop or from another node is to complete. */
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
