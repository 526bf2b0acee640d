package io.coterie.rpc;

/** Waits on the loop for the end of one call. Exactly one of its methods is called, once, never before the call returned. */
public interface ReplyHandler<R> {
    /** The peer answered. */
    void onReply(NodeId peer, R response);

    /** No answer came; the exception tells whether the call may have been executed. */
    void onFailure(NodeId peer, RpcException failure);
}
