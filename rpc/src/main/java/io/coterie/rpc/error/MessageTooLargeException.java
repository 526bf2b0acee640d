package io.coterie.rpc.error;

/**
 * The request or the answer is larger than a message may be ({@link
 * io.coterie.rpc.RpcNodeBuilder#maxPayloadBytes}). {@link #maybeExecuted()} reports which: {@code
 * false} for the request, which was not sent, and {@code true} for the answer. A call that ends so
 * is not tried again.
 */
public final class MessageTooLargeException extends RpcException {
    private static final long serialVersionUID = 1L;

    /**
     * Made by the library.
     *
     * @param message which call it was, what happened and what to do; human-readable
     * @param maybeExecuted see {@link #maybeExecuted()}
     */
    public MessageTooLargeException(String message, boolean maybeExecuted) {
        super(message, maybeExecuted, null);
    }
}
