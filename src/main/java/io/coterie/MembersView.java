package io.coterie;

import java.util.List;

/**
 * Who the members of a cluster are, as one node knows it. Immutable.
 *
 * @param epoch rises by one with every change of the configuration; 0 while this node knows none
 *     yet
 * @param isChanging whether a change is running, which other members drive or this one
 * @param members all members, in the order in which they came; none while the epoch is 0
 */
public record MembersView(long epoch, boolean isChanging, List<Member> members) {
    @Override
    public String toString() {
        return "epoch " + epoch + (isChanging ? ", changing" : "") + ": " + members;
    }
}
