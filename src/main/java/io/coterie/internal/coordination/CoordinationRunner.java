package io.coterie.internal.coordination;

import io.coterie.WaitInterruptedException;
import io.coterie.internal.operations.CallerLoop;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.internal.settings.Durations;
import io.coterie.rpc.spi.Scheduler;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands calls of coordination to the event loop. It bounds them by a count of its own: a call may
 * wait for long without an operation in flight, so it must not take the place of one in {@code
 * OperationLimit}, by which the node also judges its load.
 */
final class CoordinationRunner {
    private final CallerLoop loop;
    private final Scheduler scheduler;
    private final int maxInFlight;
    private final AtomicInteger inFlight = new AtomicInteger();

    CoordinationRunner(CallerLoop loop, int maxInFlight) {
        this.loop = loop;
        this.scheduler = loop.world().scheduler();
        this.maxInFlight = maxInFlight;
    }

    CallerLoop loop() {
        return loop;
    }

    /**
     * Begins a call on the loop for a caller who does not wait. A bad argument fails the future.
     */
    <T extends @Nullable Object> CompletableFuture<T> begin(Supplier<CompletableFuture<T>> task) {
        return begin(Duration.ZERO, none -> task.get(), value -> {});
    }

    /**
     * Begins a call on the loop for a caller who does not wait. A bad argument fails the future.
     *
     * @param wait how long it may take besides operations on the store; given to the task in
     *     nanoseconds
     * @param undo is given, on the loop, a result that comes after the end of the caller's future,
     *     as after a cancellation
     */
    <T extends @Nullable Object> CompletableFuture<T> begin(
            Duration wait, LongFunction<CompletableFuture<T>> task, Consumer<T> undo) {
        try {
            long nanos = nanos(wait);
            return handOver(false, nanos, () -> task.apply(nanos), undo);
        } catch (OverloadedException e) {
            return loop.refused(e);
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Waits on the caller's thread for what {@link #begin} does; an interrupted wait changes
     * nothing.
     */
    <T extends @Nullable Object> T call(Duration wait, LongFunction<CompletableFuture<T>> task, Consumer<T> undo) {
        long nanos = nanos(wait);
        return call(false, nanos, () -> task.apply(nanos), undo);
    }

    /**
     * Does a call on the loop for a caller who waits.
     *
     * @param mayChange whether it may have had an effect when the caller was interrupted
     */
    <T extends @Nullable Object> T call(boolean mayChange, Supplier<CompletableFuture<T>> task) {
        return call(mayChange, 0, task, value -> {});
    }

    /** A caller who is interrupted after the result has come gets it all the same. */
    private <T extends @Nullable Object> T call(
            boolean mayChange, long waitNanos, Supplier<CompletableFuture<T>> task, Consumer<T> undo) {
        loop.requireOffLoop();
        CoordinationFuture<T> future = handOver(mayChange, waitNanos, task, undo);
        try {
            return loop.await(future);
        } catch (WaitInterruptedException e) {
            if (future.completeExceptionally(e)) {
                throw e;
            }
            return loop.await(future);
        }
    }

    private <T extends @Nullable Object> CoordinationFuture<T> handOver(
            boolean mayChange, long waitNanos, Supplier<CompletableFuture<T>> task, Consumer<T> undo) {
        admit();
        CoordinationFuture<T> future = new CoordinationFuture<>(loop, waitNanos, mayChange);
        var unused = future.whenComplete((value, error) -> inFlight.decrementAndGet());
        var unusedToo = loop.untilClosed(future);
        scheduler.execute(() -> run(task, future, undo));
        return future;
    }

    /** Has the loop run a task soon. Returns false, and does not run it, if the node is closed. */
    boolean handOver(Runnable task) {
        return scheduler.execute(task);
    }

    /** A wait in nanoseconds; about 292 years for anything longer. */
    private static long nanos(Duration wait) {
        Objects.requireNonNull(wait, "wait must not be null");
        if (wait.isNegative()) {
            throw new IllegalArgumentException("wait " + Durations.text(wait) + " is below 0 s");
        }
        try {
            return wait.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    private void admit() {
        loop.requireOpen();
        if (inFlight.incrementAndGet() > maxInFlight) {
            inFlight.decrementAndGet();
            throw new OverloadedException(
                    "there are " + maxInFlight + " calls of coordination in flight at this node, the"
                            + " setting of maxOperations: wait for some of them to end before you begin more, or raise it");
        }
    }

    private <T extends @Nullable Object> void run(
            Supplier<CompletableFuture<T>> task, CompletableFuture<T> future, Consumer<T> undo) {
        if (future.isDone()) {
            return;
        }
        CompletableFuture<T> inner;
        try {
            inner = task.get();
        } catch (Throwable e) {
            future.completeExceptionally(e);
            return;
        }
        var unused = inner.whenComplete((value, error) -> settle(future, value, error, undo));
        var unusedToo = future.whenComplete((value, error) -> {
            if (!inner.isDone()) {
                scheduler.execute(() -> inner.cancel(false));
            }
        });
    }

    private static <T extends @Nullable Object> void settle(
            CompletableFuture<T> future, T value, @Nullable Throwable error, Consumer<T> undo) {
        if (error != null) {
            boolean wrapped = error instanceof CompletionException && error.getCause() != null;
            future.completeExceptionally(wrapped ? error.getCause() : error);
        } else if (!future.complete(value)) {
            undo.accept(value);
        }
    }
}
