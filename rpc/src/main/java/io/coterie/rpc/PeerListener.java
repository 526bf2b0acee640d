package io.coterie.rpc;

import io.coterie.rpc.node.NodeId;

/**
 * Is notified of what a node receives from its peers. Called on the node's loop; must not block.
 */
public interface PeerListener {
    /** A message came from the peer, whatever it contains. */
    default void onArrival(NodeId peer) {}

    /** A connection to the peer was opened. Only transports that have connections report it. */
    default void onConnected(NodeId peer) {}

    /**
     * The connection to the peer was lost. Only transports that have connections report it.
     *
     * @param reason human-readable
     */
    default void onDisconnected(NodeId peer, String reason) {}

    /**
     * The node is being closed. What is sent in this call is still written, as far as the peers'
     * connections take it at once. Called once, before any connection is closed.
     */
    default void onClosing() {}
}
