package io.coterie.rpc;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one call is made.
 *
 * @param timeout how long the caller waits for all attempts together; above zero
 * @param retry whether and when another attempt follows one that failed
 * @param attemptTimeout how long one attempt waits for its answer before the next is made; above zero, or null for as
 *     long as the call. Only of use with retries, over a transport that loses messages and does not tell of it; it does not
 *     bound the last attempt of the policy
 */
public record CallOptions(
        Duration timeout, RetryPolicy retry, @Nullable Duration attemptTimeout) {
    /** Checks the timeouts. */
    public CallOptions {
        requireAboveZero("timeout", timeout);
        if (attemptTimeout != null) {
            requireAboveZero("attemptTimeout", attemptTimeout);
        }
    }

    /** The same without a timeout for an attempt. */
    public CallOptions(Duration timeout, RetryPolicy retry) {
        this(timeout, retry, null);
    }

    /** One attempt with that timeout. */
    public static CallOptions within(Duration timeout) {
        return new CallOptions(timeout, RetryPolicy.none());
    }

    /** The same with retries. */
    public CallOptions retrying(RetryPolicy policy) {
        return new CallOptions(timeout, policy, attemptTimeout);
    }

    /**
     * The same with a bound on how long one attempt waits. One that ran out counts as an attempt that may have been
     * executed. Default: none.
     *
     * @param limit above zero; best several times what an answer usually takes, for attempts that are given up too soon only
     *     add to the load
     */
    public CallOptions withAttemptTimeout(Duration limit) {
        return new CallOptions(timeout, retry, limit);
    }

    private static void requireAboveZero(String what, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(what + " " + value + " is not above zero");
        }
    }
}
