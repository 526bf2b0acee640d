package io.coterie.rpc.error;

import org.jspecify.annotations.Nullable;

/**
 * A codec could not read or write a message. {@link #maybeExecuted()} distinguishes the cases:
 * where the request could not be written here or read at the peer, the call was never executed;
 * where the answer could not be read here, it was. A call that ends so is not tried again, as it
 * would end the same.
 */
public final class MalformedMessageException extends RpcException {
    private static final long serialVersionUID = 1L;

    /**
     * Made by the library.
     *
     * @param message which call it was, what happened and what to do; human-readable
     * @param maybeExecuted see {@link #maybeExecuted()}
     */
    public MalformedMessageException(String message, boolean maybeExecuted, @Nullable Throwable cause) {
        super(message, maybeExecuted, cause);
    }
}
