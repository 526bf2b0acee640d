package io.coterie.rpc;

/** A bound on calls, bytes or handlers was reached, here or at the peer; the call was turned away at once. Never executed. */
public final class OverloadedException extends RpcException {
    private static final long serialVersionUID = 1L;

    /** An exception with a text for people. */
    public OverloadedException(String message) {
        super(message, false, null);
    }
}
