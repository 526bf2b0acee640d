package io.coterie.rpc;

/** The connection broke while the call was under way. It may have been executed. */
public final class ConnectionLostException extends RpcException {
    private static final long serialVersionUID = 1L;

    /** An exception with a text for people. */
    public ConnectionLostException(String message) {
        super(message, true, null);
    }
}
