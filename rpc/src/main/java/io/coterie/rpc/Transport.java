package io.coterie.rpc;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Carries messages, opaque bytes, between named nodes. The library brings TCP; a user may plug in another.
 *
 * <p>The contract is weak on purpose: a message may be lost, duplicated, delayed and overtaken by a later one. What must
 * <em>not</em> happen: a message is delivered altered or cut, or under the name of a node that did not send it.
 *
 * <p>A transport serves one node. {@link #send} is called on the node's loop only; the receiver may be called on any
 * thread.
 */
public interface Transport extends AutoCloseable {
    /**
     * Starts to deliver. Called once, before the first {@link #send}.
     *
     * @throws RuntimeException if the node cannot be reached by others, say because its port is in use; nothing is left
     *     open then
     */
    void start(Receiver receiver);

    /**
     * Sends a message or drops it; never blocks, never throws for reasons of the network.
     *
     * @param message its remaining bytes; taken before this method returns, so that the caller may use the buffer again
     * @return whether the message was taken on its way: {@code false} says that it certainly will not be delivered
     */
    boolean send(NodeId to, ByteBuffer message);

    /**
     * Sends at once what was sent to the peer so far, where it would otherwise wait to leave with more. Worth its cost where the other
     * end is given much to do while this one goes on. By default nothing happens. Called on the node's loop.
     */
    default void flush(NodeId to) {}

    /**
     * Why {@link #send} returned {@code false} just now, as an exception for the caller: by default that the peer is not
     * connected. Must be one that says that nothing was executed. Called on the node's loop.
     *
     * @param messageBytes the size of that message
     */
    default RpcException refusal(NodeId to, int messageBytes) {
        String reason = lastFailure(to);
        return new PeerUnavailableException(to + " is not connected" + (reason == null ? "" : ": " + reason));
    }

    /** Why the peer is not connected, for people, or null where nothing is known. Safe for use by any thread. */
    default @Nullable String lastFailure(NodeId peer) {
        return null;
    }

    /** Where the transport takes connections, or null where it takes none or has no such address. */
    default @Nullable HostPort boundAddress() {
        return null;
    }

    /**
     * Whether each message that was taken on its way either arrives, or is told to be lost by {@link Receiver#onDisconnected},
     * as over a connection that has an order and an end. What was sent and not answered is then not sent again while the peer
     * stays connected: over a slow link copies would only wait behind what they repeat. By default {@code false}, which is
     * always safe. It must not change.
     */
    default boolean tellsOfLoss() {
        return false;
    }

    /**
     * For how long nothing has come from the peer, in nanoseconds: not even a part of a message that is still on its way. By that a peer
     * whose large message fills a slow link is not taken for silent. By default {@link Long#MAX_VALUE}, which says that whole
     * messages are all that is known of. Called on the node's loop.
     */
    default long silenceNanos(NodeId peer) {
        return Long.MAX_VALUE;
    }

    /**
     * Which role the peer has at this node, by what it has proven to the transport. By default {@link Role#REPLICA}: a transport delivers
     * nothing under the name of a node that did not send it, and what only replicas may do is checked against their list besides. Asked
     * for each request that the peer makes of a method that not everybody may call, so it must be quick. Called on the node's loop.
     */
    default Role role(NodeId peer) {
        return Role.REPLICA;
    }

    /**
     * The largest message that {@link #send} takes, in bytes. Asked before {@link #start}: a node is made so that it never sends a
     * larger one, or is refused. By default there is no such limit.
     */
    default int maxMessageBytes() {
        return Integer.MAX_VALUE;
    }

    /** Ends delivery and frees all resources. A second call does nothing. */
    @Override
    void close();

    /** The node's end of a transport. Its methods may be called by any thread. */
    interface Receiver {
        /**
         * A message arrived.
         *
         * @param message valid during the call only
         */
        void onMessage(NodeId from, ByteBuffer message);

        /** The peer can now be reached. A transport that cannot tell never calls this. */
        void onConnected(NodeId peer);

        /**
         * What was sent to the peer and not answered yet may be lost, and the peer may be gone. A transport that cannot
         * tell never calls this.
         *
         * @param reason for people
         */
        void onDisconnected(NodeId peer, String reason);
    }
}
