package io.coterie.benchmarks.overload;

import io.coterie.benchmarks.harness.Histogram;
import java.util.concurrent.atomic.AtomicLong;

/** How calls ended. Safe for use by many threads. */
final class Outcomes {
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong late = new AtomicLong();
    private final Histogram behind = new Histogram();
    private final Histogram times = new Histogram();

    /** One has begun, so long after it was due. To be called by one thread. */
    void begun(long behindNanos) {
        begun.incrementAndGet();
        behind.record(behindNanos);
    }

    /** One was answered in time. */
    synchronized void answered(long nanos) {
        answered.incrementAndGet();
        times.record(nanos);
    }

    /** One was turned away. */
    void refused() {
        refused.incrementAndGet();
    }

    /** One had no answer in time. */
    void late() {
        late.incrementAndGet();
    }

    long allBegun() {
        return begun.get();
    }

    long allAnswered() {
        return answered.get();
    }

    long allRefused() {
        return refused.get();
    }

    long allLate() {
        return late.get();
    }

    /** How many have begun and not ended. */
    long underWay() {
        return begun.get() - answered.get() - refused.get() - late.get();
    }

    /** A time in nanoseconds by which a share of all were at most behind. To be read when no more begin. */
    long behindQuantile(double share) {
        return behind.quantile(share);
    }

    /** A time in nanoseconds that a share of those answered did not exceed. */
    synchronized long quantile(double share) {
        return times.quantile(share);
    }
}
