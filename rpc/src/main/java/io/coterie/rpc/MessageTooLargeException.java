package io.coterie.rpc;

/** The request or the answer is larger than a message may be. */
public final class MessageTooLargeException extends RpcException {
    private static final long serialVersionUID = 1L;

    /** An exception with a text for people. */
    public MessageTooLargeException(String message, boolean maybeExecuted) {
        super(message, maybeExecuted, null);
    }
}
