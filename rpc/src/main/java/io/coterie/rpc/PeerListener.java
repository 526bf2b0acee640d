package io.coterie.rpc;

/** Is told of what a node hears from its peers. Called on the node's loop; must not block. */
public interface PeerListener {
    /** A message came from the peer, whatever it says. */
    default void onArrival(NodeId peer) {}

    /** A connection to the peer is there. Told by transports that know connections. */
    default void onConnected(NodeId peer) {}

    /** The connection to the peer is gone. Told by transports that know connections. */
    default void onDisconnected(NodeId peer, String reason) {}
}
