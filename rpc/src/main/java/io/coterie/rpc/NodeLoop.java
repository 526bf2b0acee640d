package io.coterie.rpc;

import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import io.coterie.rpc.spi.Finding;
import io.coterie.rpc.spi.Transport;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A node as the code on its loop sees it: all that the loop alone may call. It is for protocols,
 * which send requests without retries and answer for them themselves. What any thread may call is
 * in {@link RpcNode}, which hands this out.
 *
 * <p>The methods that send, and those that set peers, throw an {@link IllegalStateException} if the
 * caller is not on the loop.
 */
public interface NodeLoop {
    /** How many peers may be set while a node runs, and how many replicas. */
    int MAX_SET_PEERS = 1000;

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
     * Sends a request as {@link #tell}, before the messages that wait to be written to that peer.
     * Over TCP it waits for the rest of one message, or for all of them if they are less than 64
     * KiB. That holds if it has 2 KiB or less and not more than 64 KiB of such messages wait;
     * otherwise it goes as by {@code tell}. What the operating system has taken already is not
     * overtaken.
     *
     * @throws IllegalStateException if the caller is not on the loop
     */
    default <Q> void tellUrgent(NodeId peer, RpcMethod<Q, ?> method, Q request) {
        tell(peer, method, request);
    }

    /**
     * Writes what was {@linkplain #send sent} to a peer now, rather than at the end of the loop's
     * turn. The peer can then begin with it while this node continues.
     *
     * @throws IllegalStateException if the caller is not on the loop
     */
    void flush(NodeId peer);

    /**
     * Adds a peer while the node runs, or moves one to another address. From then on the node dials
     * it there, as a peer of {@link RpcNodeBuilder#peer}; so the same rules of {@link Security}
     * hold. If there is a connection under that name, it ends once: calls in flight fail with
     * {@link io.coterie.rpc.error.ConnectionLostException}. The address that the peer has already,
     * and this node itself, change nothing. A plugged transport that needs no addresses ignores
     * them.
     *
     * <p>It takes effect when the task on the loop that calls it has ended, as the two methods
     * below do, and in their order. A host name is looked up at each attempt to dial. To give a
     * name to another node, which has another key, remove the peer first.
     *
     * @param peer at most {@value #MAX_SET_PEERS} names at a time are set by this method
     * @param address where the peer listens, port 1 to 65535
     * @throws IllegalArgumentException if the port is 0
     * @throws IllegalStateException if the caller is not on the loop, or too many peers are set
     */
    void setPeer(NodeId peer, HostPort address);

    /**
     * Removes a peer while the node runs, however it was added. The node no longer dials it, the
     * connection to it ends, and all that the node has noted of it is forgotten: why it was not
     * connected, its retry budget, the key that it has shown. Calls in flight to it end, and a
     * call that is made later fails as one to a node that never was a peer. Such a node may connect
     * by itself, as any client may.
     *
     * @throws IllegalStateException if the caller is not on the loop
     */
    void removePeer(NodeId peer);

    /**
     * Sets which nodes can have {@link Role#REPLICA} here, by their names. Each of them still has
     * to prove what {@link Security} demands of a replica. Until this is called, the peers can, and
     * over a plugged transport all whom it takes for one. From then on only those names can,
     * whoever is a peer. A connection to a node whose role can change by that ends once.
     *
     * <p>Where a new replica is also a new peer, call {@link #setPeer} first; its connection then
     * ends only once.
     *
     * @param names at most {@value #MAX_SET_PEERS}; copied
     * @throws IllegalArgumentException if there are more
     * @throws IllegalStateException if the caller is not on the loop
     */
    void setReplicas(Set<NodeId> names);

    /**
     * Finds out who is at an address. If it is another node of this cluster, the two are connected
     * then, under the name that it has proven as {@link Security} demands of a node that is dialed.
     * That connection is as one that the other node has dialed: it is not opened again by itself,
     * so {@linkplain #setPeer set} a node that is to stay as a peer.
     *
     * <p>A peer that must prove its name by a key is found only if this node knows that key. Else
     * it is {@link Finding.Kind#SILENT} here, and dialed soon at the address that was set for it.
     *
     * <p>If the other node says that the two are connected already, it has proven nothing on this
     * connection but the certificate of its name, where {@link Security} has one. Without, it is not
     * sure that this node is at the address; the connection that is in use has proven its name.
     *
     * @param address where to look; port 1 to 65535. A host name is looked up anew
     * @param attempt how often this address was tried before, from 0 on; where a host has several
     *     addresses, each attempt takes the next one
     * @param then gets what was found, once, in a later turn of the loop; never if the node is
     *     closed before. Over TCP it takes as long as a lookup of the host and a handshake may
     *     take, at most
     * @throws IllegalArgumentException if the port is 0
     * @throws IllegalStateException if the caller is not on the loop
     */
    void find(HostPort address, int attempt, Consumer<Finding> then);

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
