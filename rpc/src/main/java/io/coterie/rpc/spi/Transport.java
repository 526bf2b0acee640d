package io.coterie.rpc.spi;

import io.coterie.rpc.error.PeerUnavailableException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import java.nio.ByteBuffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Carries messages between named nodes. A message is opaque bytes. The library brings TCP; a user
 * may plug in another transport ({@link io.coterie.rpc.RpcNodeBuilder#transport}).
 *
 * <p><b>Contract.</b> It is weak on purpose: a message may be lost, duplicated, delayed, and
 * overtaken by a later one. These things must <em>not</em> happen: a message is delivered altered
 * or cut, or under the name of a node that did not send it.
 *
 * <p><b>Threading.</b> A transport serves one node. {@link #send} is called on the node's loop
 * only. The receiver may be called by any thread.
 */
public interface Transport extends AutoCloseable {
    /**
     * Starts to deliver. Called once, before the first {@link #send}, on the thread that starts the
     * node.
     *
     * @param receiver takes what arrives
     * @throws RuntimeException if others cannot reach the node, for example because its port is in
     *     use; the transport is closed then
     */
    void start(Receiver receiver);

    /**
     * Sends a message or drops it. It never blocks, and never throws because of the network. Called
     * on the node's loop.
     *
     * @param message the remaining bytes; copied or written before this method returns, so that the
     *     caller may use the buffer again
     * @return whether the message was accepted; {@code false} if it will certainly not be delivered
     */
    boolean send(NodeId to, ByteBuffer message);

    /**
     * Sends a message as {@link #send}, before those that wait to be written, as far as the
     * transport can. It is for short messages that show that a node is alive; one that is not short
     * may wait as any other. Default: {@link #send}. Called on the node's loop.
     */
    default boolean sendUrgent(NodeId to, ByteBuffer message) {
        return send(to, message);
    }

    /**
     * Writes at once what was sent to the peer so far, if it would otherwise wait to be written
     * with more. Default: does nothing. Called on the node's loop.
     */
    default void flush(NodeId to) {}

    /**
     * Why {@link #send} returned {@code false} just now, as an exception for the caller. Default:
     * the peer is not connected. Called on the node's loop.
     *
     * @param messageBytes the size of that message
     * @return an exception whose {@link RpcException#maybeExecuted()} is {@code false}
     */
    default RpcException refusal(NodeId to, int messageBytes) {
        String reason = lastFailure(to);
        return new PeerUnavailableException(to + " is not connected" + (reason == null ? "" : ": " + reason));
    }

    /**
     * Why the peer is not connected, human-readable, or null if nothing is known. May be called by
     * any thread. Default: null.
     */
    default @Nullable String lastFailure(NodeId peer) {
        return null;
    }

    /**
     * Where the transport takes connections, or null if it takes none or has no such address. May
     * be called by any thread. Default: null.
     */
    default @Nullable HostPort boundAddress() {
        return null;
    }

    /**
     * Whether each message that was accepted either arrives, or is reported as lost by {@link
     * Receiver#onDisconnected}, as over a connection that has an order and an end. A request is
     * then not sent again while the peer stays connected: over a slow link, copies would only wait
     * behind what they repeat. Default: {@code false}, which is always safe. It must not change.
     */
    default boolean reportsLoss() {
        return false;
    }

    /**
     * For how long nothing has come from the peer, not even a part of a message, in nanoseconds. So
     * a peer whose large message fills a slow link does not count as silent. Default: {@link
     * Long#MAX_VALUE}, which means that the transport knows of whole messages only. Called on the
     * node's loop.
     */
    default long silenceNanos(NodeId peer) {
        return Long.MAX_VALUE;
    }

    /**
     * Which role the peer has at this node, by what it has proven to the transport. Default: {@link
     * Role#REPLICA}, because a transport delivers nothing under the name of a node that did not
     * send it, and the list of replicas is checked in addition. It must be quick: it is asked for
     * each request of a method that not every role may call. Called on the node's loop.
     */
    default Role role(NodeId peer) {
        return Role.REPLICA;
    }

    /**
     * The node has a peer from now on, or an old one at another address, as {@link
     * io.coterie.rpc.NodeLoop#setPeer} sets it. A transport that goes by addresses ends its
     * connection to the old address, reports that by {@link Receiver#onDisconnected}, and connects
     * to the new one; the same address again changes nothing. Default: does nothing, for a
     * transport that finds nodes by their names. Called on the node's loop.
     */
    default void setPeer(NodeId peer, HostPort address) {}

    /**
     * A node is no longer a peer. A transport with connections ends the one to it, reports that by
     * {@link Receiver#onDisconnected}, and does not open another by itself. Default: does nothing;
     * the node forgets the peer all the same, but a message to that name is carried like one to any
     * other. Called on the node's loop.
     */
    default void removePeer(NodeId peer) {}

    /**
     * Only nodes of these names can be replicas from now on. The node sees to that itself, whatever
     * {@link #role} returns. A transport that has more to check of a replica ends connections that
     * were checked otherwise. Default: does nothing. Called on the node's loop.
     */
    default void setReplicas(Set<NodeId> replicas) {}

    /**
     * The largest message that {@link #send} takes, in bytes. It is asked before {@link #start}. A
     * node never sends a larger one; if the node needs larger ones, it is not started. Default: no
     * limit.
     */
    default int maxMessageBytes() {
        return Integer.MAX_VALUE;
    }

    /**
     * Ends delivery and frees all resources. A second call does nothing. Called on the node's loop.
     */
    @Override
    void close();

    /** The node's end of a transport. Any thread may call its methods. */
    interface Receiver {
        /**
         * A message arrived.
         *
         * @param from the node that sent it
         * @param message valid during the call only
         */
        void onMessage(NodeId from, ByteBuffer message);

        /** The peer can now be reached. A transport without connections never calls this. */
        void onConnected(NodeId peer);

        /**
         * What was sent to the peer and not answered yet may be lost, and the peer may be gone. A
         * transport without connections never calls this.
         *
         * @param reason human-readable
         */
        void onDisconnected(NodeId peer, String reason);
    }
}
