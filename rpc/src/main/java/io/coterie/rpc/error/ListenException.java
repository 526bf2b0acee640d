package io.coterie.rpc.error;

import org.jspecify.annotations.Nullable;

/**
 * A node cannot listen at its address, for example because another process uses the port. The node
 * was not started, and nothing of it is left open. The text says what to do.
 */
public final class ListenException extends CoterieException {
    private static final long serialVersionUID = 1L;

    /**
     * Made by the library.
     *
     * @param message the address, what happened and what to do; human-readable
     */
    public ListenException(String message, @Nullable Throwable cause) {
        super(message, false, cause);
    }
}
