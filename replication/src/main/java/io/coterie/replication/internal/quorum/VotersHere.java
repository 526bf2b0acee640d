package io.coterie.replication.internal.quorum;

import io.coterie.replication.internal.wire.Addressed;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import java.util.List;

/**
 * The voters as one node sees them. Immutable.
 *
 * @param self this node's index among them, or -1 if it is none
 * @param others the replicas except this node
 * @param otherBits a bit for each of the others
 */
record VotersHere(Voters voters, int self, List<NodeId> others, long otherBits) {
    VotersHere(Voters voters, NodeId self) {
        this(
                voters,
                voters.indexOf(self),
                voters.replicas().stream().filter(other -> !other.equals(self)).toList(),
                voters.allBits() & ~voters.bit(self));
    }

    /** A request as it goes to one of them. */
    <Q> Addressed<Q> to(int index, Q request) {
        return new Addressed<>(voters.since(), voters.incarnation(index), request);
    }

    /** A request as it goes to a node that need not be one of them. */
    <Q> Addressed<Q> to(NodeId node, Q request) {
        int index = voters.indexOf(node);
        return index < 0 ? new Addressed<>(voters.since(), 0, request) : to(index, request);
    }
}
