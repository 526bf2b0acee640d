package io.coterie.rpc;

import io.coterie.rpc.internal.settings.Durations;
import io.coterie.rpc.spi.RandomSource;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * How often and how soon something that failed is tried again. After the n-th failure it waits for
 * {@code min(maxWait, firstWait * 2^(n-1))}, or, with jitter, for a random part of that, so that
 * callers that failed together do not come back together ("full jitter", Brooker, Exponential
 * Backoff and Jitter, AWS 2015).
 *
 * <p>Immutable; each {@code with} method returns a changed copy.
 */
public final class RetryPolicy {
    /** Nobody waits that long; a longer wait could pass the clock by half of its range. */
    private static final long MAX_NANOS = TimeUnit.DAYS.toNanos(365);

    private static final RetryPolicy NONE = new RetryPolicy(Duration.ZERO, Duration.ZERO, false, 1);

    private final Duration firstWait;
    private final Duration maxWait;
    private final boolean jitter;
    private final int maxAttempts;

    private RetryPolicy(Duration firstWait, Duration maxWait, boolean jitter, int maxAttempts) {
        this.firstWait = firstWait;
        this.maxWait = maxWait;
        this.jitter = jitter;
        this.maxAttempts = maxAttempts;
    }

    /** One attempt, and no retry. */
    public static RetryPolicy none() {
        return NONE;
    }

    /**
     * Waits that double, without jitter, and attempts until the deadline of the call.
     *
     * @param firstWait the wait after the first failure; above zero
     * @param maxWait the longest wait; not below the first. A wait above 365 days counts as 365
     *     days
     * @throws IllegalArgumentException if the first wait is not above zero, or the longest is below
     *     it
     */
    public static RetryPolicy exponential(Duration firstWait, Duration maxWait) {
        Objects.requireNonNull(firstWait, "firstWait must not be null");
        Objects.requireNonNull(maxWait, "maxWait must not be null");
        if (firstWait.isZero() || firstWait.isNegative()) {
            throw new IllegalArgumentException("firstWait " + Durations.text(firstWait) + " is not above zero");
        }
        if (maxWait.compareTo(firstWait) < 0) {
            throw new IllegalArgumentException(
                    "maxWait " + Durations.text(maxWait) + " is below firstWait " + Durations.text(firstWait));
        }
        return new RetryPolicy(firstWait, maxWait, false, Integer.MAX_VALUE);
    }

    /** A copy with full jitter: each wait is a random part of what it would be without. */
    public RetryPolicy withJitter() {
        return new RetryPolicy(firstWait, maxWait, true, maxAttempts);
    }

    /**
     * A copy with a bound on attempts, in place of the bound before. Default: none, only the
     * deadline ends them.
     *
     * @param attempts 1 or more, the first included
     * @throws IllegalArgumentException if it is below 1
     */
    public RetryPolicy withMaxAttempts(int attempts) {
        if (attempts < 1) {
            throw new IllegalArgumentException("maxAttempts " + attempts + " is below 1");
        }
        return new RetryPolicy(firstWait, maxWait, jitter, attempts);
    }

    /**
     * How many attempts there are at most, the first included; {@link Integer#MAX_VALUE} if there
     * is no bound.
     */
    public int maxAttempts() {
        return maxAttempts;
    }

    /**
     * The wait before the next attempt, in nanoseconds.
     *
     * @param failures how many attempts failed so far, 1 or more
     * @param random draws the jitter
     */
    public long backoffNanos(int failures, RandomSource random) {
        long cap = nanos(maxWait);
        long start = nanos(firstWait);
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
        return "exponential from " + Durations.text(firstWait) + " to " + Durations.text(maxWait)
                + (jitter ? " with full jitter" : "")
                + (maxAttempts == Integer.MAX_VALUE ? "" : ", at most " + maxAttempts + " attempts");
    }
}
