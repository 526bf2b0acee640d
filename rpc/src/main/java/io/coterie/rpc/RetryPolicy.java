package io.coterie.rpc;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How often and how soon something that failed is tried again: after the n-th failure it waits for
 * {@code min(longest, first * 2^(n-1))}, or with jitter for a random part of that ("full jitter", Brooker, Exponential
 * Backoff and Jitter, AWS 2015), so that those who failed together do not come back together.
 *
 * <p>Immutable; each {@code with} method returns a changed copy.
 */
public final class RetryPolicy {
    /** Nobody waits that long; a longer wait could pass the clock by half of its range. */
    private static final long MAX_NANOS = TimeUnit.DAYS.toNanos(365);

    private static final RetryPolicy NONE = new RetryPolicy(Duration.ZERO, Duration.ZERO, false, 1);

    private final Duration first;
    private final Duration longest;
    private final boolean jitter;
    private final int maxAttempts;

    private RetryPolicy(Duration first, Duration longest, boolean jitter, int maxAttempts) {
        this.first = first;
        this.longest = longest;
        this.jitter = jitter;
        this.maxAttempts = maxAttempts;
    }

    /** One attempt, no retry. */
    public static RetryPolicy none() {
        return NONE;
    }

    /**
     * Doubling waits, without jitter, until the call's deadline.
     *
     * @param first the wait after the first failure; above zero
     * @param longest the longest wait; not below the first
     */
    public static RetryPolicy exponential(Duration first, Duration longest) {
        if (first.isZero() || first.isNegative()) {
            throw new IllegalArgumentException("first wait " + first + " is not above zero");
        }
        if (longest.compareTo(first) < 0) {
            throw new IllegalArgumentException("longest wait " + longest + " is below the first, " + first);
        }
        return new RetryPolicy(first, longest, false, Integer.MAX_VALUE);
    }

    /** The same with full jitter. */
    public RetryPolicy withJitter() {
        return new RetryPolicy(first, longest, true, maxAttempts);
    }

    /**
     * The same with a bound on attempts, the first included. Without it only the deadline ends them.
     *
     * @param attempts 1 or more
     */
    public RetryPolicy withMaxAttempts(int attempts) {
        if (attempts < 1) {
            throw new IllegalArgumentException("maxAttempts " + attempts + " is not 1 or more");
        }
        return new RetryPolicy(first, longest, jitter, attempts);
    }

    /** How many attempts there are at most, the first included. */
    public int maxAttempts() {
        return maxAttempts;
    }

    /**
     * The wait before the next attempt, in nanoseconds.
     *
     * @param failures how many attempts failed so far, 1 or more
     */
    public long backoffNanos(int failures, RandomSource random) {
        long cap = nanos(longest);
        long start = nanos(first);
        int doublings = Math.min(failures - 1, Long.numberOfLeadingZeros(Math.max(1, start)) - 1);
        long wait = Math.min(cap, start << doublings);
        return jitter && wait > 0 ? random.nextLong(wait + 1) : wait;
    }

    private static long nanos(Duration wait) {
        return Math.min(TimeUnit.NANOSECONDS.convert(wait), MAX_NANOS);
    }

    @Override
    public String toString() {
        if (maxAttempts == 1) {
            return "no retry";
        }
        return "exponential from " + first + " to " + longest + (jitter ? " with full jitter" : "")
                + (maxAttempts == Integer.MAX_VALUE ? "" : ", at most " + maxAttempts + " attempts");
    }
}
