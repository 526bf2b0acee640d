package io.coterie.rpc;

/** Waits on the loop for the end of one call. Exactly one of the first two methods is called, once, never before the call returned. */
public interface ReplyHandler<R> {
    /** The peer answered. */
    void onReply(NodeId peer, R response);

    /** No answer came; the exception tells whether the call may have been executed. */
    void onFailure(NodeId peer, RpcException failure);

    /**
     * Whether the answer is still of use. Where the transport {@linkplain Transport#tellsOfLoss() tells of loss}, a call that waits
     * for long is asked now and then; if it says no, the peer is told to give the call up, and none of these methods is called. By
     * default always.
     */
    default boolean isWanted() {
        return true;
    }
}
