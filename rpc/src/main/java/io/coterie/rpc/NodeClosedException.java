package io.coterie.rpc;

/** The node was closed before or during the call. */
public final class NodeClosedException extends RpcException {
    private static final long serialVersionUID = 1L;

    /** An exception with a text for people. */
    public NodeClosedException(String message, boolean maybeExecuted) {
        super(message, maybeExecuted, null);
    }
}
