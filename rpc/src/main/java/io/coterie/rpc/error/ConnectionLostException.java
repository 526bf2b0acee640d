package io.coterie.rpc.error;

/**
 * The connection broke while the call was in flight. The call may have been executed. A retry over
 * a new connection is safe: an idempotent method may run twice, and any other runs at most once.
 */
public final class ConnectionLostException extends RpcException {
    private static final long serialVersionUID = 1L;

    /**
     * Made by the library.
     *
     * @param message which call it was, what happened and what to do; human-readable
     */
    public ConnectionLostException(String message) {
        super(message, true, null);
    }
}
