package io.coterie.rpc.error;

/**
 * The handler at the peer threw. It may have done all or a part of its work, so {@link
 * #maybeExecuted()} is {@code true}. The call is not tried again. A handler whose callers must
 * distinguish its failures throws a {@link CodedFailure}.
 */
public final class RemoteException extends RpcException {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String type;
    private final String remoteMessage;

    /**
     * An exception as the peer reported it.
     *
     * @param type the class name of what the handler threw; only a text, no class is loaded
     * @param message the message of what the handler threw
     */
    public RemoteException(String type, String message) {
        super(type + ": " + message, true, null);
        this.code = 0;
        this.type = type;
        this.remoteMessage = message;
    }

    /**
     * A {@link CodedFailure} as the peer reported it.
     *
     * @param code from 1 to 255; 0 for a failure without a code
     * @param message the message of what the handler threw
     */
    public RemoteException(int code, String message) {
        super(message, true, null);
        this.code = code;
        this.type = "";
        this.remoteMessage = message;
    }

    /**
     * The code of what the handler threw at the peer, from 1 to 255, if that was a {@link
     * CodedFailure}; otherwise 0.
     */
    public int code() {
        return code;
    }

    /**
     * The class name of what the handler threw at the peer; empty if that was a {@link
     * CodedFailure}.
     */
    public String type() {
        return type;
    }

    /** The message of what the handler threw at the peer. */
    public String remoteMessage() {
        return remoteMessage;
    }
}
