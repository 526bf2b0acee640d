package io.coterie.rpc;

/** The peer is not connected, or not known, so that the call was not sent. Never executed. */
public final class PeerUnavailableException extends RpcException {
    private static final long serialVersionUID = 1L;

    /** An exception with a text for people. */
    public PeerUnavailableException(String message) {
        super(message, false, null);
    }
}
