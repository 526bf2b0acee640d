package io.coterie.failuredetector;

import io.coterie.rpc.NodeId;

/** Is told of each change of a peer's state. Called on the node's loop; must not block. */
@FunctionalInterface
public interface PeerStateListener {
    /**
     * The state changed. Called once for each change, in the order of the changes.
     *
     * @param before what the previous call for this peer gave as {@code now}; {@link PeerState#UNKNOWN} in the first
     * @param now never the same as {@code before}
     */
    void onChange(NodeId peer, PeerState before, PeerState now);
}
