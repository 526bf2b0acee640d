package io.coterie.rpc.error;

/**
 * The peer does not serve the method, or does not serve it yet. The call was never executed, and
 * may be tried again.
 */
public final class UnknownMethodException extends RpcException {
    private static final long serialVersionUID = 1L;

    /**
     * Made by the library.
     *
     * @param message which call it was, what happened and what to do; human-readable
     */
    public UnknownMethodException(String message) {
        super(message, false, null);
    }
}
