package io.coterie.rpc.internal.nio.loop;

/**
 * How long a loop polls before it sleeps: as long as it may while work comes soon, and half of that after each time that it
 * polled for so long in vain, be it in parts. The wait for work that never comes thus costs twice the longest time at most, once.
 */
final class SpinBudget {
    /** About what one look at the sockets takes. */
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

    /** Whether there is anything to tell it. */
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

    /** No work came while the loop polled for so long; less than it may, if a timer cut that short. */
    void vain(long spunNanos) {
        left -= spunNanos;
        if (left <= 0) {
            nanos = nanos / 2 < MIN_NANOS ? 0 : nanos / 2;
            left = nanos;
        }
    }

    /** Work came after the loop had slept for so long. */
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
