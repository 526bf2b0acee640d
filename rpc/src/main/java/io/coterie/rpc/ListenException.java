package io.coterie.rpc;

import org.jspecify.annotations.Nullable;

/** A node cannot listen at its address, say because the port is in use. The text says what to do. */
public final class ListenException extends CoterieException {
    private static final long serialVersionUID = 1L;

    /** An exception with a text for people. */
    public ListenException(String message, @Nullable Throwable cause) {
        super(message, false, cause);
    }
}
