package io.coterie.benchmarks.harness;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How far a load has come. The load runs by itself. The benchmark's thread only waits until a
 * number of further calls have ended, so that nothing drains and fills up again between two
 * invocations.
 */
public final class Progress {
    private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final AtomicLong completed = new AtomicLong();
    private final Histogram times = new Histogram();
    private long lastMark = System.nanoTime();
    private long awaited;
    private volatile long wakeAt;
    private volatile @Nullable Thread watcher;
    private volatile @Nullable Throwable failure;

    /** Counts calls that have ended. Called by any thread. */
    public void completed(int calls) {
        long before = completed.getAndAdd(calls);
        long due = wakeAt;
        if (before < due && before + calls >= due) {
            LockSupport.unpark(watcher);
        }
    }

    /**
     * One caller's call has ended, and its next one begins. Every call of that caller must be
     * marked, and no other's. The time between two marks is then the time of a call, at the price
     * of one look at the clock.
     */
    public void mark() {
        long now = System.nanoTime();
        times.record(now - lastMark);
        lastMark = now;
    }

    /** Reports a failed call. A load that continued regardless would count failures as work. */
    public void failed(Throwable cause) {
        failure = cause;
        LockSupport.unpark(watcher);
    }

    public boolean hasFailed() {
        return failure != null;
    }

    /** Waits until that many further calls have ended. */
    public void await(int calls) {
        long start = System.nanoTime();
        awaited += calls;
        watcher = Thread.currentThread();
        wakeAt = awaited;
        while (completed.get() < awaited) {
            if (failure != null) {
                throw new IllegalStateException("a call failed, so the figures would be wrong", failure);
            }
            if (System.nanoTime() - start > MAX_WAIT_NANOS) {
                throw new IllegalStateException("only " + completed + " of " + awaited + " calls have ended in time");
            }
            LockSupport.parkNanos(this, MAX_WAIT_NANOS);
        }
    }

    /** How long the marked caller's calls took. To be read when the load has ended. */
    Histogram times() {
        return times;
    }
}
