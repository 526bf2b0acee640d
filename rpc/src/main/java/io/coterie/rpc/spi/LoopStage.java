package io.coterie.rpc.spi;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A stage that is chained to a future with a deadline, or to another stage of it. What it has to
 * do, such as a user's function or another operation, may take longer than that deadline, and has
 * no known one. So a thread that waits for it checks whether the loop still runs tasks.
 */
final class LoopStage<T extends @Nullable Object> extends LoopFuture<T> {
    private final World world;
    private final Link link;
    private final long deadline;
    private final Supplier<RuntimeException> unanswered;

    /**
     * A stage that is not done.
     *
     * @param deadline that of the future that the first stage was chained to
     * @param unanswered makes the exception that it fails with if the loop runs no more tasks
     */
    LoopStage(World world, Link link, long deadline, Supplier<RuntimeException> unanswered) {
        this.world = world;
        this.link = link;
        this.deadline = deadline;
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
        return new LoopStage<>(world, link, deadline, unanswered);
    }

    @Override
    void awaitEnd() throws InterruptedException {
        long patience = Math.max(nanosUntil(deadline), GRACE.toNanos()) + GRACE.toNanos();
        LoopFuture<?> first = link.first;
        if (first != null && !first.isDone() && !endsBy(deadline)) {
            // The end of the first one is passed on to the stages behind it.
            first.letGo();
        }
        while (!isDone()) {
            AtomicBoolean ran = new AtomicBoolean();
            world.scheduler().execute(() -> ran.set(true));
            if (!endsWithin(patience) && !ran.get()) {
                letGo();
            }
        }
    }
}
