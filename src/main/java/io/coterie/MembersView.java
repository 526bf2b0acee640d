package io.coterie;

import java.util.List;

/**
 * Who the members of a cluster are, as one node knows it. Immutable.
 *
 * @param epoch rises by one with every change of the configuration; 0 while this node knows none
 *     yet
 * @param isChanging whether a change is running, which other members drive or this one
 * @param members all members, in the order in which they came; none while the epoch is 0
 * @param spares the spares that have made themselves known to this node in the last seconds, in the
 *     order of their names; none at a node that is no member
 */
public record MembersView(long epoch, boolean isChanging, List<Member> members, List<Spare> spares) {
    @Override
    public String toString() {
        return "epoch " + epoch + (isChanging ? ", changing" : "") + ": " + members
                + (spares.isEmpty() ? "" : ", spares: " + spares);
    }
}
