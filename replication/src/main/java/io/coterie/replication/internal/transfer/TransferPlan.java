package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.spi.Quorums;
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
public record TransferPlan(long since, List<MemberId> group, List<MemberId> next) {
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
    public boolean isNewcomer(MemberId member) {
        return !group.contains(member);
    }
}
