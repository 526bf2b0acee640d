package io.coterie.rpc;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A bound on calls, bytes or handlers was reached, here or at the peer; the call was turned away at once. Never executed.
 *
 * <p>A handler that throws it says the same of itself: that it did nothing, and when it may be asked again.
 */
public final class OverloadedException extends RpcException {
    private static final long serialVersionUID = 1L;

    private final @Nullable Duration retryAfter;

    /** An exception with a text for people. */
    public OverloadedException(String message) {
        this(message, null);
    }

    /**
     * An exception with a text for people.
     *
     * @param retryAfter how long to leave the peer alone; zero or more, or null for no hint
     */
    public OverloadedException(String message, @Nullable Duration retryAfter) {
        super(message, false, null);
        if (retryAfter != null && retryAfter.isNegative()) {
            throw new IllegalArgumentException("retryAfter " + retryAfter + " is below zero");
        }
        this.retryAfter = retryAfter;
    }

    /** How long to leave the peer alone before the next attempt, or null where it did not say. Retries keep to it. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
