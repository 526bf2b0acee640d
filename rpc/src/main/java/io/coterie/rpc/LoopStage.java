package io.coterie.rpc;

import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A stage that is chained to a future with a deadline, or to another stage of it. What it has to do, such as a user's function or
 * another operation, may take longer than that deadline, and has no known one. So a thread that waits for it looks whether the
 * loop goes on.
 */
final class LoopStage<T extends @Nullable Object> extends LoopFuture<T> {
    private final World world;

    /** The future that the first stage was chained to. Who keeps a stage must not keep that one's result. */
    private final WeakReference<LoopFuture<?>> first;

    private final long patienceNanos;
    private final Supplier<RuntimeException> unanswered;

    /**
     * A stage that is not done.
     *
     * @param nanosLeft how long it is until the deadline of the first future
     * @param unanswered makes what it fails with where the loop does not go on
     */
    LoopStage(World world, WeakReference<LoopFuture<?>> first, long nanosLeft, Supplier<RuntimeException> unanswered) {
        this.world = world;
        this.first = first;
        this.patienceNanos = Math.max(nanosLeft, GRACE.toNanos());
        this.unanswered = unanswered;
    }

    @Override
    protected World world() {
        return world;
    }

    @Override
    protected RuntimeException unanswered() {
        return unanswered.get();
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new LoopStage<>(world, first, patienceNanos, unanswered);
    }

    @Override
    void awaitEnd() throws InterruptedException {
        LoopFuture<?> source = first.get();
        if (source != null && !source.isDone() && !endsWithin(source.nanosLeft())) {
            // The end of the first one is passed on to the stages behind it.
            source.letGo();
        }
        while (!isDone()) {
            AtomicBoolean goesOn = new AtomicBoolean();
            world.scheduler().execute(() -> goesOn.set(true));
            if (!endsWithin(patienceNanos) && !goesOn.get()) {
                letGo();
            }
        }
    }
}
