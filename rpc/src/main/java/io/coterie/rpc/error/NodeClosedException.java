package io.coterie.rpc.error;

/**
 * This node was closed before or during the call. {@link #maybeExecuted()} reports whether the call
 * was sent before. Where the node ended by itself, because its loop could not continue, the text
 * has the cause.
 */
public final class NodeClosedException extends RpcException {
    private static final long serialVersionUID = 1L;

    /**
     * Made by the library.
     *
     * @param message which call it was, what happened and what to do; human-readable
     * @param maybeExecuted see {@link #maybeExecuted()}
     */
    public NodeClosedException(String message, boolean maybeExecuted) {
        super(message, maybeExecuted, null);
    }
}
