package io.coterie.benchmarks.overload;

import io.coterie.benchmarks.harness.Load;
import io.coterie.benchmarks.harness.Progress;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.error.DeadlineExceededException;
import io.coterie.rpc.error.OverloadedException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls that begin at a given rate on average, however many are in flight, as those of many callers
 * who know nothing of one another. A call's time counts from when it was due, so that a load that
 * falls behind hides nothing.
 */
final class OpenLoad implements Load {
    private static final long MAX_REST_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long MAX_END_NANOS = TimeUnit.SECONDS.toNanos(30);

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
     * @param perSecond how many calls begin, on average
     * @param deadline an answer after that is as good as none
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
        long limit = System.nanoTime() + MAX_END_NANOS;
        while (outcomes.inFlight() > 0) {
            if (System.nanoTime() > limit) {
                throw new IllegalStateException(outcomes.inFlight() + " calls do not end");
            }
            LockSupport.parkNanos(MAX_REST_NANOS);
        }
    }

    /** The outcomes of the run that was started last. */
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
                LockSupport.parkNanos(Math.min(MAX_REST_NANOS, (long) due - now));
            }
        } catch (RuntimeException | Error e) {
            progress.failed(e);
        }
        endNanos = System.nanoTime();
    }

    /**
     * The pause before the next call, in nanoseconds: exponentially distributed, as between
     * independent calls.
     */
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

    /** Whether a call was not answered in time, or too few replicas answered an operation. */
    private static boolean ranOutOfTime(@Nullable Throwable failure) {
        return failure instanceof DeadlineExceededException
                || failure instanceof QuorumUnavailableException
                || failure instanceof OutcomeUnknownException;
    }
}
