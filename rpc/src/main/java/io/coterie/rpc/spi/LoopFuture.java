package io.coterie.rpc.spi;

import io.coterie.rpc.error.DeadlineExceededException;
import io.coterie.rpc.internal.settings.Durations;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A future that a node's event loop completes.
 *
 * <p><b>Waiting on the loop.</b> A wait for it on that loop, for example in a stage that is chained
 * to another future, would keep the loop from ever completing it. Such a wait is refused with an
 * {@link IllegalStateException}, and so is a wait for a stage that is chained to it. Futures that
 * {@link CompletableFuture#allOf} and {@link CompletableFuture#anyOf} make of it do not check this.
 *
 * <p><b>Waiting on other threads.</b> A wait for a future with a deadline ends {@link #GRACE} after
 * the deadline at the latest, even if the loop is blocked. A wait for a stage that is chained to it
 * ends, too: with the first future, or, where that has ended, once the loop has been blocked for as
 * long as the first future may have taken.
 *
 * @param <T> the type of the value
 */
public abstract class LoopFuture<T extends @Nullable Object> extends CompletableFuture<T> {
    /**
     * How long after its deadline the loop may still complete it, before waiting threads stop
     * waiting.
     */
    public static final Duration GRACE = Duration.ofSeconds(2);

    /** The deadline of a future that has none. */
    protected static final long ENDLESS = Long.MAX_VALUE;

    private @Nullable Link link;

    /**
     * What stages know of the future that they are chained to: the future itself as long as it has
     * no value, which may be large.
     */
    static final class Link {
        volatile @Nullable LoopFuture<?> first;

        Link(LoopFuture<?> first) {
            this.first = first;
        }
    }

    /** An incomplete future. */
    protected LoopFuture() {}

    /** An incomplete future without a deadline, to be completed on the loop of the world. */
    public static <T extends @Nullable Object> LoopFuture<T> on(World world) {
        return new Plain<>(world);
    }

    /** The world on whose loop it is completed. */
    protected abstract World world();

    /**
     * Its deadline as a reading of the node's clock, {@link #ENDLESS} if there is none. It must not
     * change.
     */
    protected long deadlineNanos() {
        return ENDLESS;
    }

    /** The exception of a future that the loop has not completed in time. */
    protected RuntimeException unanswered() {
        return new IllegalStateException("the event loop is blocked");
    }

    /**
     * Makes the exception of a chained stage for the case that this future has ended and the loop
     * is blocked: nobody knows then what the stages before that one have done. The supplier must
     * not keep this future from being collected.
     */
    protected Supplier<RuntimeException> unansweredStage() {
        return LoopFuture::stageLeft;
    }

    private static RuntimeException stageLeft() {
        return new DeadlineExceededException(
                "a stage chained to a call: the event loop of its node was blocked for the call's timeout and "
                        + Durations.text(GRACE) + " more; its log shows what blocked it. Do not block on the loop",
                true);
    }

    @Override
    public T join() {
        if (!isDone()) {
            boolean interrupted = false;
            while (!isDoneInTime()) {
                interrupted = true;
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return super.join();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        if (!isDone() && !isDoneInTime()) {
            throw new InterruptedException();
        }
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        requireNoWaitOnLoop();
        return super.get(timeout, unit);
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        long deadline = deadlineNanos();
        if (deadline == ENDLESS) {
            return new Plain<>(world());
        }
        Link known = link;
        if (known == null) {
            known = new Link(this);
            link = known;
        }
        if (isDone()) {
            // It may have got its value before it had a link to be taken out of.
            known.first = null;
        }
        return new LoopStage<>(world(), known, deadline, unansweredStage());
    }

    @Override
    public boolean complete(T value) {
        boolean completed = super.complete(value);
        Link known = link;
        if (known != null) {
            known.first = null;
        }
        return completed;
    }

    /** Waits until it is done, and sees to it that it is. */
    void awaitEnd() throws InterruptedException {
        if (!endsBy(deadlineNanos())) {
            letGo();
        }
    }

    /** Ends it without the loop. */
    final void letGo() {
        completeExceptionally(unanswered());
    }

    /** Waits for its end until that deadline, and the grace. Returns whether it came. */
    final boolean endsBy(long deadline) throws InterruptedException {
        return endsWithin(deadline == ENDLESS ? ENDLESS : nanosUntil(deadline) + GRACE.toNanos());
    }

    final long nanosUntil(long deadline) {
        return Math.max(0, deadline - world().clock().nanos());
    }

    /** Waits for its end. Returns whether it came within that time. */
    final boolean endsWithin(long nanos) throws InterruptedException {
        try {
            if (nanos == ENDLESS) {
                super.get();
            } else {
                super.get(nanos, TimeUnit.NANOSECONDS);
            }
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException | CancellationException e) {
            return true;
        }
        return true;
    }

    /** Waits until it is done, and sees to it that it is; {@code false} if interrupted before. */
    private boolean isDoneInTime() {
        requireNoWaitOnLoop();
        try {
            awaitEnd();
        } catch (InterruptedException e) {
            boolean done = isDone();
            if (done) {
                // What has come is not to be lost by it.
                Thread.currentThread().interrupt();
            }
            return done;
        }
        return true;
    }

    private void requireNoWaitOnLoop() {
        if (!isDone() && world().scheduler().inLoop()) {
            throw new IllegalStateException(
                    "waiting on the event loop for what the loop itself must do would never end: chain"
                            + " a stage (thenCompose), or wait on another thread, as in a stage of an Async method with an"
                            + " executor");
        }
    }

    private static final class Plain<T extends @Nullable Object> extends LoopFuture<T> {
        private final World world;

        Plain(World world) {
            this.world = world;
        }

        @Override
        protected World world() {
            return world;
        }
    }
}
