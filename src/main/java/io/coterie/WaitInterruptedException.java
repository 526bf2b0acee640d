package io.coterie;

import io.coterie.rpc.error.CoterieException;

/**
 * The calling thread was interrupted while it waited. Its interrupt flag is set again. The
 * operation itself continues: if it changes something, {@link #maybeExecuted()} is true, as the
 * change may be applied later.
 */
public final class WaitInterruptedException extends CoterieException {
    private static final long serialVersionUID = 1L;

    /**
     * Made by the library.
     *
     * @param maybeExecuted see {@link #maybeExecuted()}
     */
    public WaitInterruptedException(boolean maybeExecuted) {
        super(
                "the thread was interrupted while it waited"
                        + (maybeExecuted ? "; the operation may have been applied, or may be later" : ""),
                maybeExecuted,
                null);
    }
}
