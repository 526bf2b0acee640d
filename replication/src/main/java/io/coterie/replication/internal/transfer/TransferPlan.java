package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.spi.Quorums;
import io.coterie.replication.spi.StoreSpec;
import java.util.Collection;
import java.util.List;

/**
 * Between which two groups of replicas a transfer is. Immutable.
 *
 * @param since the epoch in which both became the groups of the partition. Members answer for it
 *     alone
 * @param group the group that is replaced; one member at least
 * @param next the group that replaces it; one member at least. A member of both is the same in
 *     both, incarnation included
 * @param quorums those of the stores
 */
public record TransferPlan(long since, List<MemberId> group, List<MemberId> next, TransferQuorums quorums) {
    public TransferPlan {
        group = List.copyOf(group);
        next = List.copyOf(next);
        if (group.isEmpty() || next.isEmpty()) {
            throw new IllegalArgumentException("a group without members: " + group + ", " + next);
        }
    }

    /** With majorities for all stores. */
    TransferPlan(long since, List<MemberId> group, List<MemberId> next) {
        this(since, group, next, TransferQuorums.majorities());
    }

    /**
     * Whether what these members of the group list has all that is chosen, and all that can be: they
     * are a majority, and a prepare quorum and an accept quorum of each store that was named.
     */
    boolean isListedBy(Collection<MemberId> members) {
        return members.size() >= majorityOfGroup() && quorums.haveBoth(group, members);
    }

    /**
     * Whether the next group knows what these members of it know: they are a majority, and an accept
     * quorum of the store, so that each later prepare and read asks one of them.
     */
    boolean isKnownBy(StoreSpec store, Collection<MemberId> members) {
        return members.size() >= majorityOfNext()
                && (!quorums.hasChosen(store) || quorums.isAcceptQuorum(store, next, members));
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
