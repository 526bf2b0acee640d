package io.coterie.benchmarks.overload;

import io.coterie.benchmarks.harness.Load;
import io.coterie.benchmarks.harness.Progress;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.DeadlineExceededException;
import io.coterie.rpc.OverloadedException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls that come when they come, as those of many callers do who do not know of each other: at a given rate on average,
 * however many are under way. A call's time counts from when it was due, so that a load that gets behind hides nothing.
 */
final class OpenLoad implements Load {
    private static final long LONGEST_REST_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long LONGEST_END_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Supplier<CompletableFuture<?>> call;
    private final double perSecond;
    private final long deadlineNanos;
    private final Random random = new Random(1);
    private volatile boolean running;
    private volatile Outcomes outcomes = new Outcomes();
    private volatile long startNanos;
    private volatile long endNanos;
    private @Nullable Thread thread;

    /**
     * A load.
     *
     * @param perSecond how many calls come, on average
     * @param deadline what is answered later than that is as good as not answered
     */
    OpenLoad(Supplier<CompletableFuture<?>> call, double perSecond, Duration deadline) {
        this.call = call;
        this.perSecond = perSecond;
        this.deadlineNanos = deadline.toNanos();
    }

    @Override
    public void start(Progress progress) {
        running = true;
        outcomes = new Outcomes();
        startNanos = System.nanoTime();
        thread = new Thread(() -> run(progress, outcomes), "open-load");
        thread.start();
    }

    @Override
    public void stop() {
        running = false;
        try {
            if (thread != null) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while the last calls begin", e);
        }
        long limit = System.nanoTime() + LONGEST_END_NANOS;
        while (outcomes.underWay() > 0) {
            if (System.nanoTime() > limit) {
                throw new IllegalStateException(outcomes.underWay() + " calls do not end");
            }
            LockSupport.parkNanos(LONGEST_REST_NANOS);
        }
    }

    /** Those of the run that was started last. */
    Outcomes outcomes() {
        return outcomes;
    }

    /** How long that run has begun calls, or did until it was stopped. */
    double seconds() {
        return ((running ? System.nanoTime() : endNanos) - startNanos) / 1e9;
    }

    private void run(Progress progress, Outcomes outcomes) {
        try {
            double due = startNanos;
            while (running && !progress.hasFailed()) {
                long now = System.nanoTime();
                for (; due <= now && running; due += pause()) {
                    begin((long) due, progress, outcomes);
                }
                LockSupport.parkNanos(Math.min(LONGEST_REST_NANOS, (long) due - now));
            }
        } catch (RuntimeException | Error e) {
            progress.failed(e);
        }
        endNanos = System.nanoTime();
    }

    /** Between two calls, in nanoseconds: as long as chance will have it where each call is on its own. */
    private double pause() {
        return -Math.log(1 - random.nextDouble()) * 1e9 / perSecond;
    }

    private void begin(long due, Progress progress, Outcomes outcomes) {
        outcomes.begun(System.nanoTime() - due);
        var unused = call.get().whenComplete((answer, failure) -> end(due, failure, progress, outcomes));
    }

    private void end(long due, @Nullable Throwable failure, Progress progress, Outcomes outcomes) {
        long nanos = System.nanoTime() - due;
        if (failure instanceof OverloadedException) {
            outcomes.refused();
        } else if (ranOutOfTime(failure) || (failure == null && nanos > deadlineNanos)) {
            outcomes.late();
        } else if (failure == null) {
            outcomes.answered(nanos);
        } else {
            progress.failed(failure);
            outcomes.late();
        }
        progress.completed(1);
    }

    /** What a call says that was not answered in time, and an operation of which too few replicas answered. */
    private static boolean ranOutOfTime(@Nullable Throwable failure) {
        return failure instanceof DeadlineExceededException
                || failure instanceof QuorumUnavailableException
                || failure instanceof OutcomeUnknownException;
    }
}
