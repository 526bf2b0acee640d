package io.coterie.rpc;

import org.jspecify.annotations.Nullable;

/** Bytes that a codec could not read: of the request at the peer (never executed), or of the answer here (executed). */
public final class MalformedMessageException extends RpcException {
    private static final long serialVersionUID = 1L;

    /** An exception with a text for people. */
    public MalformedMessageException(String message, boolean maybeExecuted, @Nullable Throwable cause) {
        super(message, maybeExecuted, cause);
    }
}
