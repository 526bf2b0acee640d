package io.coterie.rpc;

import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;

/**
 * Waits on the loop for the end of one call. Exactly one of {@link #onReply} and {@link #onFailure}
 * is called, once, and never before {@link NodeLoop#send} has returned.
 *
 * @param <R> the type of answers
 */
public interface ReplyHandler<R> {
    /** The peer answered. */
    void onReply(NodeId peer, R response);

    /** No answer came. The exception reports whether the call may have been executed. */
    void onFailure(NodeId peer, RpcException failure);

    /**
     * Whether the answer is still of use. Default: always. Where the transport {@linkplain
     * Transport#reportsLoss() reports losses}, the node asks this of a call that waits for long,
     * about twice a second. After {@code false} it cancels the call at the peer, and no longer
     * calls any of these methods.
     */
    default boolean isWanted() {
        return true;
    }
}
