package io.coterie.replication.internal.membership;

import io.coterie.replication.internal.membership.Configuration.Range;
import io.coterie.replication.spi.Quorums;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The configurations that may follow one, and no others. A partition goes from stable to joint, and
 * from there to stable with the next group, or back to the group that it had.
 *
 * <p>Pure functions. Those that make a configuration throw {@link IllegalArgumentException} for
 * what cannot be.
 */
public final class Successors {
    /** More keepers would not make the choice of a configuration safer, only slower. */
    static final int MAX_KEEPERS = 5;

    private Successors() {}

    /**
     * A change of all groups begins: one member goes, another comes, or both.
     *
     * @param leaving null if nobody goes
     * @param newcomer null if nobody comes
     */
    public static Configuration begin(Configuration now, @Nullable MemberId leaving, @Nullable Member newcomer) {
        if (now.isMoving()) {
            throw new IllegalArgumentException("another change is running");
        }
        if (leaving != null && now.find(leaving) == null) {
            throw new IllegalArgumentException(leaving + " is no member");
        }
        if (newcomer != null && now.find(newcomer.id()) != null) {
            throw new IllegalArgumentException(newcomer.id() + " is a member already");
        }
        long epoch = now.epoch() + 1;
        List<Member> members = new ArrayList<>();
        for (Member member : now.members()) {
            members.add(member.id().equals(leaving) ? member.withState(MemberState.LEAVING) : member);
        }
        if (newcomer != null) {
            members.add(newcomer);
        }
        return successor(now, members, now.keepers(), placement -> {
            List<GroupMember> next = placement.group().stream()
                    .filter(member -> !member.id().equals(leaving))
                    .collect(Collectors.toCollection(ArrayList::new));
            if (newcomer != null) {
                next.add(new GroupMember(newcomer.id(), epoch));
            }
            if (next.isEmpty()) {
                throw new IllegalArgumentException(leaving + " is the last member");
            }
            return new Placement(epoch, placement.group(), next);
        });
    }

    /** The next groups take over. */
    public static Configuration commit(Configuration now) {
        return end(now, Placement::next);
    }

    /** The change is given up: the groups stay as they were. */
    public static Configuration abort(Configuration now) {
        return end(now, Placement::group);
    }

    /** A member has another address: no partition changes. */
    public static Configuration move(Configuration now, MemberId id, String address) {
        List<Member> members = now.members().stream()
                .map(member -> member.id().equals(id) ? member.withAddress(address) : member)
                .toList();
        return successor(now, members, now.keepers(), UnaryOperator.identity());
    }

    private static Configuration end(Configuration now, Function<Placement, List<GroupMember>> winner) {
        if (!now.isMoving()) {
            throw new IllegalArgumentException("no change is running");
        }
        long epoch = now.epoch() + 1;
        List<Range> ranges = ranges(
                now,
                placement ->
                        placement.isJoint() ? new Placement(epoch, winner.apply(placement), List.of()) : placement);
        Set<MemberId> placed = ranges.stream()
                .flatMap(range -> range.placement().group().stream())
                .map(GroupMember::id)
                .collect(Collectors.toSet());
        List<Member> members = now.members().stream()
                .filter(member -> placed.contains(member.id()))
                .map(member -> member.withState(MemberState.ACTIVE))
                .toList();
        return new Configuration(now.cluster(), epoch, members, keepers(now, members), now.partitions(), ranges);
    }

    /** Keepers stay keepers while they are members; the others follow in the order of members. */
    private static List<MemberId> keepers(Configuration now, List<Member> members) {
        List<MemberId> ids = members.stream().map(Member::id).toList();
        List<MemberId> keepers =
                now.keepers().stream().filter(ids::contains).collect(Collectors.toCollection(ArrayList::new));
        ids.stream()
                .filter(id -> !keepers.contains(id))
                .limit(Math.max(0, MAX_KEEPERS - keepers.size()))
                .forEach(keepers::add);
        return keepers;
    }

    private static Configuration successor(
            Configuration now, List<Member> members, List<MemberId> keepers, UnaryOperator<Placement> change) {
        return new Configuration(
                now.cluster(), now.epoch() + 1, members, keepers, now.partitions(), ranges(now, change));
    }

    private static List<Range> ranges(Configuration now, UnaryOperator<Placement> change) {
        return now.ranges().stream()
                .map(range -> new Range(range.count(), change.apply(range.placement())))
                .toList();
    }

    /**
     * Whether a change was made, as a later configuration shows, however many were between: the
     * newcomers are there since the change, and whoever was to go is not.
     *
     * @param joint the configuration of the change
     */
    public static boolean isMade(Configuration joint, Configuration later) {
        List<GroupMember> group = joint.placement().group();
        List<GroupMember> next = joint.placement().next();
        List<GroupMember> then = later.placement().group();
        return next.stream().allMatch(member -> group.contains(member) || then.contains(member))
                && group.stream().noneMatch(member -> !next.contains(member) && then.contains(member));
    }

    /**
     * Why a configuration may not follow another; null if it may. A keeper asks before it accepts:
     * a driver with a fault must not end a cluster.
     */
    public static @Nullable String problem(Configuration now, Configuration next) {
        if (next.cluster() != now.cluster() || next.epoch() != now.epoch() + 1) {
            return "it is not the one after epoch " + now.epoch() + " of this cluster";
        }
        if (next.partitions() != now.partitions()) {
            return "the number of partitions never changes";
        }
        for (int i = 0; i < now.partitions(); i++) {
            String wrong = problem(now.placement(i), next.placement(i), next.epoch());
            if (wrong != null) {
                return "partition " + i + ": " + wrong;
            }
        }
        return null;
    }

    private static @Nullable String problem(Placement now, Placement next, long epoch) {
        if (next.equals(now)) {
            return null;
        }
        if (next.since() != epoch) {
            return "it changes, and is of epoch " + next.since();
        }
        if (now.isJoint()) {
            boolean ends = !next.isJoint()
                    && (next.group().equals(now.next()) || next.group().equals(now.group()));
            return ends ? null : "it moves, and can only go to its next group or stay with its group";
        }
        if (!next.isJoint() || !next.group().equals(now.group())) {
            return "it is stable, and its group changes only by way of a joint one";
        }
        return problem(next, epoch);
    }

    private static @Nullable String problem(Placement joint, long epoch) {
        int newcomers = 0;
        for (GroupMember member : joint.next()) {
            GroupMember before = Placement.find(joint.group(), member.id());
            if (before == null) {
                newcomers++;
            }
            long joined = before == null ? epoch : before.joined();
            if (member.joined() != joined) {
                return member.id() + " joined in epoch " + joined + ", not " + member.joined();
            }
        }
        int old = joint.next().size() - newcomers;
        boolean isSmall = joint.next().size() < 3 || joint.group().size() < 3;
        return isSmall || old >= Quorums.majority(joint.next().size())
                ? null
                : newcomers + " newcomers at once: those that stay must be a majority of the next group";
    }
}
