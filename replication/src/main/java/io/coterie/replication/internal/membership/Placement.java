package io.coterie.replication.internal.membership;

import io.coterie.rpc.node.NodeId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who keeps a partition. It is stable while it has one group: then a majority of the group is a
 * quorum. While it moves it is joint: then a quorum is a majority of the group and a majority of
 * the next group.
 *
 * @param since the epoch of its last change
 * @param next the group that is to take over; empty while it is stable
 */
public record Placement(long since, List<GroupMember> group, List<GroupMember> next) {
    /** The most members of a group: sets of replicas are the bits of a long. */
    static final int MAX_MEMBERS = Long.SIZE;

    public Placement {
        group = List.copyOf(group);
        next = List.copyOf(next);
        if (group.isEmpty()) {
            throw new IllegalArgumentException("a partition without a group");
        }
        requireDistinct(group);
        requireDistinct(next);
        if (union(group, next).size() > MAX_MEMBERS) {
            throw new IllegalArgumentException("a partition has at most " + MAX_MEMBERS + " replicas while it moves");
        }
    }

    private static void requireDistinct(List<GroupMember> members) {
        if (members.stream().map(member -> member.id().node()).distinct().count() != members.size()) {
            throw new IllegalArgumentException("a group names a node twice: " + members);
        }
    }

    private static Set<NodeId> union(List<GroupMember> group, List<GroupMember> next) {
        Set<NodeId> nodes = new HashSet<>();
        group.forEach(member -> nodes.add(member.id().node()));
        next.forEach(member -> nodes.add(member.id().node()));
        return nodes;
    }

    public boolean isJoint() {
        return !next.isEmpty();
    }

    /**
     * What the placement says of a member: the next group counts where it is in both, although both
     * say the same. Null if it is in neither.
     */
    public @Nullable GroupMember find(MemberId id) {
        GroupMember found = find(next, id);
        return found == null ? find(group, id) : found;
    }

    /**
     * Which incarnation of a node answers: that of the next group where both have one, because the
     * other is lost. 0 if the node is in neither.
     */
    public long incarnationOf(NodeId node) {
        for (List<GroupMember> members : List.of(next, group)) {
            for (GroupMember member : members) {
                if (member.id().node().equals(node)) {
                    return member.id().incarnation();
                }
            }
        }
        return 0;
    }

    /** Whether a replica of that name keeps the partition once it no longer moves. */
    public boolean staysWith(NodeId node) {
        List<GroupMember> last = isJoint() ? next : group;
        return last.stream().anyMatch(member -> member.id().node().equals(node));
    }

    /** The member of a group; null if it is none. */
    public static @Nullable GroupMember find(List<GroupMember> members, MemberId id) {
        for (GroupMember member : members) {
            if (member.id().equals(id)) {
                return member;
            }
        }
        return null;
    }
}
