package io.coterie.replication.internal.transfer;

import io.coterie.replication.spi.Quorums;
import io.coterie.rpc.node.NodeId;
import java.util.List;

/**
 * Between which two groups of replicas a transfer is. Immutable.
 *
 * @param since the epoch in which both became the groups of the partition. Members answer for it
 *     alone
 * @param group the group that is replaced; one member at least
 * @param next the group that replaces it; one member at least. A member of both is the same in
 *     both, incarnation included
 */
public record TransferPlan(long since, List<Member> group, List<Member> next) {
    /** A member of a group: a node with the incarnation that counts. */
    public record Member(NodeId node, long incarnation) {
        @Override
        public String toString() {
            return node.toString();
        }
    }

    public TransferPlan {
        group = List.copyOf(group);
        next = List.copyOf(next);
        if (group.isEmpty() || next.isEmpty()) {
            throw new IllegalArgumentException("a group without members: " + group + ", " + next);
        }
    }

    /** How many members are a majority of the group. */
    int majorityOfGroup() {
        return Quorums.majority(group.size());
    }

    /** How many members are a majority of the next group. */
    int majorityOfNext() {
        return Quorums.majority(next.size());
    }

    /** Whether a member of the next group is none of the group before it. */
    boolean isNewcomer(Member member) {
        return !group.contains(member);
    }
}
