package io.coterie.rpc;

/**
 * The peer does not let this node call the method, as this node has too low a {@link Role} there. Never executed, and not tried again:
 * it would end the same until one of the two is configured otherwise.
 */
public final class NotPermittedException extends RpcException {
    private static final long serialVersionUID = 1L;

    /** An exception with a text for people. */
    public NotPermittedException(String message) {
        super(message, false, null);
    }
}
