package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.node.NodeId;

/**
 * Decides which of two connections between the same two nodes stays, if both nodes dialed at once,
 * and both connections were accepted before either end knew: at both ends it is the one that the
 * node of the smaller name dialed. If one end knew already, the first connection stays (see {@code
 * Rivals}).
 */
public enum ConnectionCollision {
    /** The newcomer is read to its end, but not used: the other end may have used it already. */
    DRAIN_NEWCOMER,
    /** The newcomer is used, and the first is read to its end. */
    DRAIN_FIRST,
    /**
     * The newcomer is refused: it is another node under the same name, while the first is alive.
     */
    NAME_TAKEN;

    /**
     * Decides at the node that dialed the newcomer, while the peer's own connection came in. The
     * node at the configured address can be trusted with its start id; a node that dials in may use
     * one that it has overheard.
     */
    public static ConnectionCollision resolve(NodeId self, NodeId peer, boolean sameStart) {
        if (!sameStart) {
            return NAME_TAKEN;
        }
        return self.compareTo(peer) < 0 ? DRAIN_FIRST : DRAIN_NEWCOMER;
    }
}
