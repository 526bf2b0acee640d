package io.coterie.rpc;

import java.time.Duration;

/**
 * How one call is made.
 *
 * @param timeout how long the caller waits for all attempts together; above zero
 * @param retry what happens after a failed attempt: what was certainly not executed is tried again, what may have been
 *     only where the method is idempotent
 */
public record CallOptions(Duration timeout, RetryPolicy retry) {
    /** Checks the timeout. */
    public CallOptions {
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("timeout " + timeout + " is not above zero");
        }
    }

    /** One attempt with that timeout. */
    public static CallOptions within(Duration timeout) {
        return new CallOptions(timeout, RetryPolicy.none());
    }

    /** The same with retries. */
    public CallOptions retrying(RetryPolicy policy) {
        return new CallOptions(timeout, policy);
    }
}
