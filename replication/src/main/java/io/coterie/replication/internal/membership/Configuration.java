package io.coterie.replication.internal.membership;

import io.coterie.rpc.node.NodeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who the replicas are, from one epoch to the next. Immutable. Two configurations of one cluster
 * with the same epoch are the same.
 *
 * @param cluster a random number that was drawn when the cluster was founded. It distinguishes
 *     clusters of the same name
 * @param epoch 1 for genesis, and one more with every change
 * @param members all members; two have the same name only while one takes the place of the other
 * @param keepers those that choose the next configuration, by a majority
 * @param partitions in how many parts all keys are divided; fixed at genesis
 * @param ranges who keeps which partitions, in their order
 */
public record Configuration(
        long cluster, long epoch, List<Member> members, List<MemberId> keepers, int partitions, List<Range> ranges) {
    /** The most members. */
    public static final int MAX_MEMBERS = 128;

    /** More changes than any cluster makes. */
    private static final long EPOCHS_OF_A_CLUSTER = 1_000_000;

    /** The most partitions. */
    public static final int MAX_PARTITIONS = 1 << 16;

    /**
     * Partitions that follow one another and have the same placement.
     *
     * @param count how many, 1 or more
     */
    public record Range(int count, Placement placement) {}

    public Configuration {
        members = List.copyOf(members);
        keepers = List.copyOf(keepers);
        ranges = List.copyOf(ranges);
        String wrong = Invariants.problem(cluster, epoch, members, keepers, partitions, ranges);
        if (wrong != null) {
            throw new IllegalArgumentException("a configuration " + wrong);
        }
    }

    /** The first configuration of a cluster in which every member keeps everything. */
    public static Configuration genesis(long cluster, List<Member> members, int partitions) {
        List<GroupMember> group =
                members.stream().map(member -> new GroupMember(member.id(), 1)).toList();
        return new Configuration(
                cluster,
                1,
                members,
                members.stream().map(Member::id).toList(),
                partitions,
                List.of(new Range(partitions, new Placement(1, group, List.of()))));
    }

    /**
     * The first configuration of a cluster that begins with the records of another one, at one
     * member. Its epoch is far above all that the other cluster has or will have. So each of the two
     * refuses what rests on a configuration of the other, and nodes of the other cluster learn why.
     *
     * @param epochBefore the last epoch of the other cluster that is known; 0 for none
     */
    public static Configuration anew(long cluster, long epochBefore, Member only, int partitions) {
        long epoch = (epochBefore / EPOCHS_OF_A_CLUSTER + 1) * EPOCHS_OF_A_CLUSTER + 1;
        return new Configuration(
                cluster,
                epoch,
                List.of(only),
                List.of(only.id()),
                partitions,
                List.of(new Range(
                        partitions, new Placement(epoch, List.of(new GroupMember(only.id(), epoch)), List.of()))));
    }

    /** Who keeps all partitions: they change together, as every member keeps everything. */
    public Placement placement() {
        return ranges.get(0).placement();
    }

    /** Who keeps a partition. */
    public Placement placement(int partition) {
        int first = 0;
        for (Range range : ranges) {
            if (partition - first < range.count()) {
                return range.placement();
            }
            first += range.count();
        }
        throw new IllegalArgumentException("partition " + partition + " of " + partitions);
    }

    public @Nullable Member find(MemberId id) {
        for (Member member : members) {
            if (member.id().equals(id)) {
                return member;
            }
        }
        return null;
    }

    /** The members of a name: mostly one, two while one takes the place of the other. */
    public List<Member> named(NodeId node) {
        return members.stream()
                .filter(member -> member.id().node().equals(node))
                .toList();
    }

    /** Whether a member is a keeper. */
    public boolean isKeeper(MemberId id) {
        return keepers.contains(id);
    }

    /** Whether a partition moves. */
    public boolean isMoving() {
        return ranges.stream().anyMatch(range -> range.placement().isJoint());
    }
}
