package io.coterie.rpc;

import io.coterie.rpc.internal.settings.Durations;
import io.coterie.rpc.spi.Transport;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How one call is made. Immutable; may be shared by all calls and threads.
 *
 * @param timeout how long the caller waits for all attempts together; above zero. The server knows
 *     it, and does not begin with what nobody waits for
 * @param retry whether and when another attempt follows one that failed
 * @param attemptTimeout how long one attempt waits for its answer before the next is made; above
 *     zero, or null for as long as the call. See {@link #withAttemptTimeout}
 */
public record CallOptions(
        Duration timeout, RetryPolicy retry, @Nullable Duration attemptTimeout) {
    /**
     * Checks the timeouts.
     *
     * @throws IllegalArgumentException if one is not above zero
     */
    public CallOptions {
        requireAboveZero("timeout", Objects.requireNonNull(timeout, "timeout must not be null"));
        Objects.requireNonNull(retry, "retry must not be null");
        if (attemptTimeout != null) {
            requireAboveZero("attemptTimeout", attemptTimeout);
        }
    }

    /** Options without a timeout for an attempt. */
    public CallOptions(Duration timeout, RetryPolicy retry) {
        this(timeout, retry, null);
    }

    /**
     * One attempt with a timeout.
     *
     * @param timeout above zero
     * @throws IllegalArgumentException if it is not above zero
     */
    public static CallOptions within(Duration timeout) {
        return new CallOptions(timeout, RetryPolicy.none());
    }

    /**
     * A copy with retries. A call is tried again after a failure that another attempt may avoid, as
     * long as the policy, the {@linkplain RpcNodeBuilder#retryBudget budget} and the timeout allow
     * it. That holds for methods that are not {@linkplain RpcMethod#idempotent() idempotent} as
     * well: they are executed at most once, however often they are tried.
     *
     * @param policy takes the place of the one before
     */
    public CallOptions retrying(RetryPolicy policy) {
        return new CallOptions(timeout, policy, attemptTimeout);
    }

    /**
     * A copy with a bound on how long one attempt waits. Default: none.
     *
     * <p>It is useful only with retries, over a transport that loses messages without a report of
     * the loss ({@link Transport#reportsLoss()}). It does not bound the last attempt that the
     * policy allows. An attempt that ran out of time may have been executed.
     *
     * @param limit above zero. Best several times what an answer usually takes: attempts that are
     *     given up too soon only add to the load
     * @throws IllegalArgumentException if it is not above zero
     */
    public CallOptions withAttemptTimeout(Duration limit) {
        return new CallOptions(timeout, retry, limit);
    }

    private static void requireAboveZero(String what, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(what + " " + Durations.text(value) + " is not above zero");
        }
    }
}
