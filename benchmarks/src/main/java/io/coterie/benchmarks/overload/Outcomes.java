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

    /** A call has begun, so long after it was due. To be called by one thread. */
    void begun(long behindNanos) {
        begun.incrementAndGet();
        behind.record(behindNanos);
    }

    /** A call was answered in time. */
    synchronized void answered(long nanos) {
        answered.incrementAndGet();
        times.record(nanos);
    }

    /** A call was refused. */
    void refused() {
        refused.incrementAndGet();
    }

    /** A call had no answer in time. */
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
    long inFlight() {
        return begun.get() - answered.get() - refused.get() - late.get();
    }

    /**
     * How late a share of all calls began at most, in nanoseconds. To be read when no more begin.
     */
    long behindQuantile(double share) {
        return behind.quantile(share);
    }

    /** The time in nanoseconds that a share of the answered calls did not exceed. */
    synchronized long quantile(double share) {
        return times.quantile(share);
    }
}
