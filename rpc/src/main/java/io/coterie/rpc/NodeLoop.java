package io.coterie.rpc;

import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import io.coterie.rpc.spi.Transport;

/**
 * A node as the code on its loop sees it: all that the loop alone may call. It is for protocols,
 * which send requests without retries and answer for them themselves. What any thread may call is
 * in {@link RpcNode}, which hands this out.
 *
 * <p>The methods that send throw an {@link IllegalStateException} if the caller is not on the loop.
 */
public interface NodeLoop {
    /**
     * Calls a method of a peer once, without retries. The reply handler is called on the loop,
     * after this method has returned. Over a transport that duplicates messages, the method may be
     * executed twice.
     *
     * @param timeoutNanos above zero
     * @return whether the request was sent. If not, it is not executed, and the handler gets the
     *     reason
     * @throws IllegalStateException if the caller is not on the loop
     */
    <Q, R> boolean send(NodeId peer, RpcMethod<Q, R> method, Q request, long timeoutNanos, ReplyHandler<R> reply);

    /**
     * Sends a request that has no answer, or drops it without a report.
     *
     * @throws IllegalStateException if the caller is not on the loop
     */
    <Q> void tell(NodeId peer, RpcMethod<Q, ?> method, Q request);

    /**
     * Writes what was {@linkplain #send sent} to a peer now, rather than at the end of the loop's
     * turn. The peer can then begin with it while this node continues.
     *
     * @throws IllegalStateException if the caller is not on the loop
     */
    void flush(NodeId peer);

    /**
     * Which role the peer has at this node: the role of its connection, {@link Role#READER} while
     * there is none, and {@link Role#REPLICA} for this node itself.
     */
    Role role(NodeId peer);

    /**
     * For how long nothing has come from the peer, not even a part of a message, in nanoseconds.
     * {@link Long#MAX_VALUE} if the peer is not connected, or if the {@linkplain
     * Transport#silenceNanos transport} knows of whole messages only, which a {@link PeerListener}
     * is notified of.
     */
    long silenceNanos(NodeId peer);
}
