package io.coterie.rpc;

/** The peer does not serve the method. Never executed. */
public final class UnknownMethodException extends RpcException {
    private static final long serialVersionUID = 1L;

    /** An exception with a text for people. */
    public UnknownMethodException(String message) {
        super(message, false, null);
    }
}
