package io.coterie.rpc.internal.nio;

import io.coterie.rpc.NodeId;

/**
 * Which of two connections between the same two nodes stays, where both dialed at once: the one dialed by the node of the
 * smaller name, at both ends, whatever order the handshakes end in.
 */
enum Settlement {
    /** The newcomer is not taken. */
    KEEP_FIRST,
    /** The newcomer is not used, but read to its end: the other end may have used it already. */
    DRAIN_NEWCOMER,
    /** The newcomer is used, and the first read until its end. */
    DRAIN_FIRST,
    /** The newcomer is used, and the first closed: its other end has given it up, or it would not have dialed again. */
    DROP_FIRST,
    /** The newcomer is not taken: it is another node under the same name, while the first is alive. */
    NAME_TAKEN;

    /** Decides for the node that was dialed by the newcomer. */
    static Settlement ofDialed(NodeId self, NodeId peer, boolean sameStart, boolean firstDialedByPeer) {
        if (!sameStart) {
            return NAME_TAKEN;
        }
        if (firstDialedByPeer) {
            return DROP_FIRST;
        }
        return self.compareTo(peer) < 0 ? KEEP_FIRST : DRAIN_FIRST;
    }

    /** Decides for the node that dialed the newcomer, while the peer's own connection came in. */
    static Settlement ofDialing(NodeId self, NodeId peer, boolean sameStart) {
        if (!sameStart) {
            return NAME_TAKEN;
        }
        return self.compareTo(peer) < 0 ? DRAIN_FIRST : DRAIN_NEWCOMER;
    }
}
