package io.coterie.rpc.internal.nio.loop;

/**
 * How long a loop polls before it sleeps: the maximum while work comes soon, and half as long after
 * each time that it polled for so long without work, even in parts. So work that never comes costs
 * at most twice the maximum, once.
 */
final class SpinBudget {
    /** About the time of one look at the sockets. */
    private static final long MIN_NANOS = 1000;

    private final long longest;
    private long nanos;
    private long left;

    /** @param longest in nanoseconds; 0 for a loop that never polls */
    SpinBudget(long longest) {
        this.longest = longest;
        this.nanos = longest;
        this.left = longest;
    }

    /** Whether it ever polls. */
    boolean adapts() {
        return longest > 0;
    }

    /** How long to poll now, in nanoseconds; 0 to sleep at once. */
    long nanos() {
        return left;
    }

    /** Work came while the loop polled. */
    void paid() {
        restore();
    }

    /**
     * No work came while the loop polled for so long, which may be less than the budget if a timer
     * was due.
     */
    void vain(long spunNanos) {
        left -= spunNanos;
        if (left <= 0) {
            nanos = nanos / 2 < MIN_NANOS ? 0 : nanos / 2;
            left = nanos;
        }
    }

    /** Work came after the loop had slept for that time. */
    void woken(long sleptNanos) {
        if (sleptNanos < longest) {
            // It would have come to a loop that polls.
            restore();
        }
    }

    private void restore() {
        nanos = longest;
        left = longest;
    }
}
