package io.coterie.rpc.error;

import org.jspecify.annotations.Nullable;

/**
 * An operation of the library failed. Every such exception reports whether the operation may have
 * taken effect all the same, which decides whether another try can do it twice.
 */
public abstract class CoterieException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean maybeExecuted;

    /**
     * An exception with a stack trace.
     *
     * @param message human-readable
     * @param maybeExecuted see {@link #maybeExecuted()}
     */
    protected CoterieException(String message, boolean maybeExecuted, @Nullable Throwable cause) {
        super(message, cause);
        this.maybeExecuted = maybeExecuted;
    }

    /**
     * An exception with or without a stack trace. Exceptions made on a loop have none: it would
     * show the loop and not the caller, and cost time for each of the many operations that fail
     * while a peer is away.
     *
     * @param message human-readable
     * @param maybeExecuted see {@link #maybeExecuted()}
     * @param stackTrace whether it has a stack trace
     */
    protected CoterieException(String message, boolean maybeExecuted, @Nullable Throwable cause, boolean stackTrace) {
        super(message, cause, true, stackTrace);
        this.maybeExecuted = maybeExecuted;
    }

    /**
     * Whether the operation may have taken effect, or still may. {@code false} is certain: the
     * operation did not take effect and will not, so it may be tried again without harm.
     */
    public final boolean maybeExecuted() {
        return maybeExecuted;
    }
}
