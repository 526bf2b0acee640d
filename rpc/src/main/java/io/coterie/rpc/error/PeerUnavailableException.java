package io.coterie.rpc.error;

/**
 * The peer is not connected, or is not known, so the call was not sent. It was never executed. The
 * text says why there is no connection, as {@link io.coterie.rpc.RpcNode#lastFailure} does.
 */
public final class PeerUnavailableException extends RpcException {
    private static final long serialVersionUID = 1L;

    /**
     * Made by the library.
     *
     * @param message which call it was, what happened and what to do; human-readable
     */
    public PeerUnavailableException(String message) {
        super(message, false, null);
    }
}
