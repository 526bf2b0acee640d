package io.coterie.benchmarks.harness;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Calls in flight that are timed one by one, in periods. When one ends, the next begins. A call that
 * fails is counted, and ends nothing. Safe for use by any thread.
 */
public final class Foreground {
    private static final long END_SECONDS = 60;

    private final Target target;
    private final CountDownLatch ended;
    private volatile boolean running = true;
    private Histogram times = new Histogram();
    private long calls;
    private long failures;
    private long begunAt;
    private long lastEnd;
    private long longestGap;

    /**
     * What happened in a period.
     *
     * @param calls how many ended well
     * @param failures how many failed
     * @param nanos how long the period was
     * @param longestGapNanos the longest time in which no call ended well
     * @param p50Nanos of the calls that ended well, as the next
     */
    public record Period(long calls, long failures, long nanos, long longestGapNanos, long p50Nanos, long p99Nanos) {}

    /** Begins so many calls. */
    public Foreground(int inFlight, Target target) {
        this.target = target;
        this.ended = new CountDownLatch(inFlight);
        next();
        for (int i = 0; i < inFlight; i++) {
            call();
        }
    }

    /** Ends a period, and begins the next. A gap at the end of a period is not in the next one. */
    public synchronized Period next() {
        long now = System.nanoTime();
        Period period = new Period(
                calls,
                failures,
                now - begunAt,
                Math.max(longestGap, now - lastEnd),
                times.quantile(0.5),
                times.quantile(0.99));
        times = new Histogram();
        calls = 0;
        failures = 0;
        begunAt = now;
        lastEnd = now;
        longestGap = 0;
        return period;
    }

    /** Begins no more calls, and returns when those in flight have ended. */
    public void stop() {
        running = false;
        try {
            if (!ended.await(END_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(ended.getCount() + " calls do not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while calls end", e);
        }
    }

    private void call() {
        while (running) {
            long begin = System.nanoTime();
            CompletableFuture<?> call = target.start();
            if (!call.isDone()) {
                var unused = call.whenComplete((answer, failure) -> {
                    end(begin, failure != null);
                    call();
                });
                return;
            }
            // A loop: calls that end before they return must not pile up on the stack.
            end(begin, call.isCompletedExceptionally());
        }
        ended.countDown();
    }

    private synchronized void end(long begin, boolean failed) {
        if (failed) {
            failures++;
            return;
        }
        long now = System.nanoTime();
        times.record(now - begin);
        calls++;
        longestGap = Math.max(longestGap, now - lastEnd);
        lastEnd = now;
    }
}
