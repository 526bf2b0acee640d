package io.coterie.rpc.error;

import io.coterie.rpc.node.Role;

/**
 * The peer does not let this node call the method, because this node has too low a {@link Role}
 * there. The call was never executed. It is not tried again: it would end the same until one of the
 * two nodes is configured otherwise.
 */
public final class NotPermittedException extends RpcException {
    private static final long serialVersionUID = 1L;

    /**
     * Made by the library.
     *
     * @param message which call it was, what happened and what to do; human-readable
     */
    public NotPermittedException(String message) {
        super(message, false, null);
    }
}
