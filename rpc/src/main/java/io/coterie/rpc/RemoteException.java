package io.coterie.rpc;

/** The handler at the peer threw. It may have done a part of its work. */
public final class RemoteException extends RpcException {
    private static final long serialVersionUID = 1L;

    private final String type;
    private final String remoteMessage;

    /**
     * An exception as the peer told it.
     *
     * @param type the class name of what the handler threw; a text, nothing is loaded by it
     */
    public RemoteException(String type, String message) {
        super(type + ": " + message, true, null);
        this.type = type;
        this.remoteMessage = message;
    }

    /** The class name of what the handler threw at the peer. */
    public String type() {
        return type;
    }

    /** The message of what the handler threw at the peer. */
    public String remoteMessage() {
        return remoteMessage;
    }
}
