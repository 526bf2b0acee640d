package io.coterie.rpc.error;

/**
 * An earlier attempt of the call may have been executed, and the peer no longer knows: it has
 * restarted, or has dropped the answer to make room ({@link
 * io.coterie.rpc.RpcNodeBuilder#replyCacheBytes}). So the peer refuses this attempt, rather than
 * execute the call again. Find out by other means before you make the call anew.
 */
public final class OutcomeForgottenException extends RpcException {
    private static final long serialVersionUID = 1L;

    /**
     * Made by the library.
     *
     * @param message which call it was, what happened and what to do; human-readable
     */
    public OutcomeForgottenException(String message) {
        super(message, true, null);
    }
}
