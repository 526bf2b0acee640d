package io.coterie.rpc.error;

/**
 * The timeout of the call was over before an answer came. {@link #maybeExecuted()} reports whether
 * the call was sent: where it was, the peer may have executed it, or may still do so.
 */
public final class DeadlineExceededException extends RpcException {
    private static final long serialVersionUID = 1L;

    /**
     * Made by the library.
     *
     * @param message which call it was, what happened and what to do; human-readable
     * @param maybeExecuted see {@link #maybeExecuted()}
     */
    public DeadlineExceededException(String message, boolean maybeExecuted) {
        super(message, maybeExecuted, null);
    }
}
