package io.coterie.rpc;

import org.jspecify.annotations.Nullable;

/**
 * Something that the library was asked for did not come about. Every such exception tells whether the operation may have
 * taken effect all the same, which decides whether trying again can do it twice.
 */
public abstract class CoterieException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean maybeExecuted;

    /**
     * An exception.
     *
     * @param maybeExecuted see {@link #maybeExecuted()}
     */
    protected CoterieException(String message, boolean maybeExecuted, @Nullable Throwable cause) {
        super(message, cause);
        this.maybeExecuted = maybeExecuted;
    }

    /**
     * An exception that may be made without a stack trace, for those made on a loop: it would show the loop and not the
     * caller, and be filled for each of the many operations that fail while a peer is away.
     *
     * @param maybeExecuted see {@link #maybeExecuted()}
     * @param stackTrace whether it has a stack trace
     */
    protected CoterieException(String message, boolean maybeExecuted, @Nullable Throwable cause, boolean stackTrace) {
        super(message, cause, true, stackTrace);
        this.maybeExecuted = maybeExecuted;
    }

    /**
     * Whether the operation may have taken effect, or still may. {@code false} is certain: it did not and will not, and
     * may be tried again without harm.
     */
    public final boolean maybeExecuted() {
        return maybeExecuted;
    }
}
