package io.coterie.rpc;

/**
 * The call was sent before, no answer came, and its peer can no longer tell whether it ran: it was started again since, or has
 * forgotten its answer to make room. It may have been executed, so that it is refused rather than executed again.
 */
public final class OutcomeForgottenException extends RpcException {
    private static final long serialVersionUID = 1L;

    /** An exception with a text for people. */
    public OutcomeForgottenException(String message) {
        super(message, true, null);
    }
}
