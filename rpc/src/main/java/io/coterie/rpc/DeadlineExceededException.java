package io.coterie.rpc;

/** The call's time was over before an answer came. */
public final class DeadlineExceededException extends RpcException {
    private static final long serialVersionUID = 1L;

    /** An exception with a text for people. */
    public DeadlineExceededException(String message, boolean maybeExecuted) {
        super(message, maybeExecuted, null);
    }
}
