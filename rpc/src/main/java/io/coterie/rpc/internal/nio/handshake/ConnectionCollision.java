package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.NodeId;

/**
 * Which of two connections between the same two nodes stays, where both dialed at once, and both
 * were taken before either end knew: the one dialed by the node of the smaller name, at both ends.
 * Where one end knew already, the first stays (see {@code Rivals}).
 */
public enum ConnectionCollision {
    /** The newcomer is not used, but read to its end: the other end may have used it already. */
    DRAIN_NEWCOMER,
    /** The newcomer is used, and the first read until its end. */
    DRAIN_FIRST,
    /** The newcomer is not taken: it is another node under the same name, while the first is alive. */
    NAME_TAKEN;

    /**
     * Decides for the node that dialed the newcomer, while the peer's own connection came in. Unlike one that dials in, the node at
     * the address that was configured is no stranger who goes by a start id that it heard.
     */
    public static ConnectionCollision resolve(NodeId self, NodeId peer, boolean sameStart) {
        if (!sameStart) {
            return NAME_TAKEN;
        }
        return self.compareTo(peer) < 0 ? DRAIN_FIRST : DRAIN_NEWCOMER;
    }
}
