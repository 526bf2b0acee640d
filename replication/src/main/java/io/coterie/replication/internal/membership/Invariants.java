package io.coterie.replication.internal.membership;

import io.coterie.replication.internal.membership.Configuration.Range;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What holds of every configuration, whoever made it. */
final class Invariants {
    private Invariants() {}

    /** What is wrong with a configuration; null if nothing is. */
    static @Nullable String problem(
            long cluster,
            long epoch,
            List<Member> members,
            List<MemberId> keepers,
            int partitions,
            List<Range> ranges) {
        if (cluster == 0 || epoch < 1) {
            return "without a cluster or an epoch";
        }
        if (members.isEmpty() || members.size() > Configuration.MAX_MEMBERS) {
            return "with " + members.size() + " members: it has 1 to " + Configuration.MAX_MEMBERS;
        }
        Set<MemberId> ids = new HashSet<>();
        for (Member member : members) {
            if (!ids.add(member.id())) {
                return "that names member " + member.id() + " twice";
            }
        }
        if (keepers.isEmpty() || Set.copyOf(keepers).size() != keepers.size() || !ids.containsAll(keepers)) {
            return "whose keepers are " + keepers + ": they are members, and each is named once";
        }
        return partitions < 1 || partitions > Configuration.MAX_PARTITIONS
                ? "with " + partitions + " partitions: it has 1 to " + Configuration.MAX_PARTITIONS
                : problem(epoch, ids, partitions, ranges);
    }

    private static @Nullable String problem(long epoch, Set<MemberId> members, int partitions, List<Range> ranges) {
        long count = 0;
        for (Range range : ranges) {
            if (range.count() < 1) {
                return "with " + range.count() + " partitions in a range";
            }
            count += range.count();
            String wrong = problem(epoch, members, range.placement());
            if (wrong != null) {
                return wrong;
            }
        }
        return count == partitions ? null : "that places " + count + " of " + partitions + " partitions";
    }

    private static @Nullable String problem(long epoch, Set<MemberId> members, Placement placement) {
        if (placement.since() < 1 || placement.since() > epoch) {
            return "of epoch " + epoch + " with a partition that has changed in epoch " + placement.since();
        }
        for (List<GroupMember> group : List.of(placement.group(), placement.next())) {
            for (GroupMember member : group) {
                if (!members.contains(member.id())) {
                    return "with a group of " + member.id() + ", which is no member";
                }
                if (member.joined() < 1 || member.joined() > placement.since()) {
                    return "with a member that joined in epoch " + member.joined() + " a group of epoch "
                            + placement.since();
                }
            }
        }
        return null;
    }
}
