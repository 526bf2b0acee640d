package io.coterie.replication.spi;

import io.coterie.replication.quorums.QuorumPair;
import io.coterie.replication.quorums.QuorumSystem;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The replicas that a request asks, and which sets of them are a quorum: those with a majority of
 * the <em>group</em> and, while the group is being exchanged, of the <em>next group</em>, too. Sets
 * of replicas are the bits of a long, in the order of {@link #replicas}.
 *
 * <p>Voters are <em>stable</em> with one group, and <em>joint</em> with two (Ongaro, Consensus:
 * Bridging Theory and Practice, 2014, section 4.3). A group is exchanged in two steps: from stable
 * with the old one to joint with both, and from there to stable with the new one. Any two quorums of
 * the same voters, or of those before and after one step, share a replica.
 *
 * <p>Two objects are two changes, even with the same replicas: equality is identity. Immutable; any
 * thread may call the methods.
 */
public final class Voters {
    /** Sets of replicas are the bits of a long. */
    public static final int MAX_REPLICAS = Long.SIZE;

    private final long since;
    private final List<NodeId> replicas;
    private final long[] incarnations;
    private final long group;
    private final long next;
    private final int groupSize;
    private final int nextSize;
    private final int majority;

    /** 0 where there is no next group, so that any set has as many of it. */
    private final int nextMajority;

    private final List<String> groupNames;
    private final List<String> nextNames;

    /** Null where quorums are majorities. */
    private final @Nullable ChosenQuorums chosen;

    /**
     * A replica of a group.
     *
     * @param incarnation which replica under that name it is; 0 where that is not known
     */
    public record Member(NodeId name, long incarnation) {}

    private Voters(long since, List<Member> group, List<Member> next) {
        List<Member> all = new ArrayList<>(group);
        // Another replica has taken over the name: the one before it never answers again.
        all.removeIf(member ->
                next.stream().anyMatch(other -> other.name().equals(member.name()) && !other.equals(member)));
        next.stream().filter(member -> !group.contains(member)).forEach(all::add);
        if (group.isEmpty() || all.size() > MAX_REPLICAS || hasTwice(group) || hasTwice(next)) {
            throw new IllegalArgumentException("group " + group + ", next group " + next + ": give 1 to " + MAX_REPLICAS
                    + " replicas, and none of them twice");
        }
        this.since = since;
        this.replicas = all.stream().map(Member::name).toList();
        this.incarnations = all.stream().mapToLong(Member::incarnation).toArray();
        this.group = bitsOf(group, all);
        this.next = bitsOf(next, all);
        this.groupSize = group.size();
        this.nextSize = next.size();
        this.majority = Quorums.majority(group.size());
        this.nextMajority = next.isEmpty() ? 0 : Quorums.majority(next.size());
        this.groupNames = group.stream().map(member -> member.name().name()).toList();
        this.nextNames = next.stream().map(member -> member.name().name()).toList();
        this.chosen = null;
    }

    private Voters(Voters same, QuorumPair pair, boolean meeting) {
        this.since = same.since;
        this.replicas = same.replicas;
        this.incarnations = same.incarnations;
        this.group = same.group;
        this.next = same.next;
        this.groupSize = same.groupSize;
        this.nextSize = same.nextSize;
        this.majority = same.majority;
        this.nextMajority = same.nextMajority;
        this.groupNames = same.groupNames;
        this.nextNames = same.nextNames;
        this.chosen = new ChosenQuorums(pair, meeting, replicas, groupNames, group, nextNames, next);
    }

    /**
     * The same replicas with the quorums that a store has chosen; this object if those are
     * majorities. Where they are not defined for one of the groups, or do not meet there, {@link
     * #quorumProblem} says so, and nothing is a quorum.
     */
    public Voters with(QuorumPair pair) {
        return pair.areMajorities() ? this : new Voters(this, pair, true);
    }

    /**
     * The same replicas with quorums that need not meet. A prepare quorum is one to read then, and an
     * accept quorum one to write.
     */
    public Voters withAny(QuorumSystem read, QuorumSystem write) {
        return new Voters(this, new QuorumPair(read, write), false);
    }

    private static boolean hasTwice(List<Member> members) {
        return members.stream().map(Member::name).distinct().count() != members.size();
    }

    private static long bitsOf(List<Member> some, List<Member> all) {
        long bits = 0;
        for (Member member : some) {
            int index = all.indexOf(member);
            bits |= index < 0 ? 0 : 1L << index;
        }
        return bits;
    }

    /**
     * One group of which only the names are known.
     *
     * @throws IllegalArgumentException if there is none, more than 64, or one of them twice
     */
    public static Voters stable(List<NodeId> names) {
        return stable(0, names.stream().map(name -> new Member(name, 0)).toList());
    }

    /**
     * One group.
     *
     * @param since the epoch of the configuration that made it so; 0 where that is not known
     * @throws IllegalArgumentException if there is no replica, more than 64, or one of them twice
     */
    public static Voters stable(long since, List<Member> group) {
        return new Voters(since, group, List.of());
    }

    /**
     * A group that is being exchanged.
     *
     * <p>Where the next group has another incarnation of a replica of the group, that one alone is
     * asked. The one before it counts as a replica of the group that never answers.
     *
     * @param since the epoch of the configuration that made it so; 0 where that is not known
     * @throws IllegalArgumentException if one of the two is empty, or has a replica twice; if they
     *     have more than 64 together
     */
    public static Voters joint(long since, List<Member> group, List<Member> next) {
        if (next.isEmpty()) {
            throw new IllegalArgumentException("the next group of " + group + " is empty");
        }
        return new Voters(since, group, next);
    }

    /** The epoch of the last change of the group or the next group; 0 if it is not known. */
    public long since() {
        return since;
    }

    /** All replicas of the group, and then those that the next group alone has; 1 to 64. */
    public List<NodeId> replicas() {
        return replicas;
    }

    /** The replicas of the group. The others are newcomers, which may not have all records yet. */
    public List<NodeId> settled() {
        List<NodeId> settled = new ArrayList<>();
        for (int i = 0; i < replicas.size(); i++) {
            if ((group & 1L << i) != 0) {
                settled.add(replicas.get(i));
            }
        }
        return settled;
    }

    /** Which replica under its name that one is; 0 if it is not known. */
    public long incarnation(int index) {
        return incarnations[index];
    }

    /** A bit for each replica. */
    public long allBits() {
        return group | next;
    }

    /** A bit for each replica of the group. */
    public long group() {
        return group;
    }

    /** A bit for each replica of the next group; 0 if there is none. */
    public long nextGroup() {
        return next;
    }

    /** Whether the group is being exchanged. */
    public boolean isJoint() {
        return next != 0;
    }

    /**
     * Whether these replicas are a prepare quorum: one of them has accepted whatever was chosen
     * before they were asked.
     */
    public boolean isPrepareQuorum(long bits) {
        ChosenQuorums quorums = chosen;
        return quorums == null ? isQuorum(bits) : quorums.isPrepare(bits);
    }

    /** Whether these replicas are an accept quorum: what all of them have accepted is chosen. */
    public boolean isAcceptQuorum(long bits) {
        ChosenQuorums quorums = chosen;
        return quorums == null ? isQuorum(bits) : quorums.isAccept(bits);
    }

    /**
     * Whether these replicas are a prepare quorum, and an accept quorum as well: their answers show
     * what was chosen before, and can prove that it was.
     */
    public boolean isReadQuorum(long bits) {
        ChosenQuorums quorums = chosen;
        return quorums == null ? isQuorum(bits) : quorums.isPrepare(bits) && quorums.isAccept(bits);
    }

    /** Why nothing is a quorum of these replicas; null if there are quorums. */
    public @Nullable String quorumProblem() {
        ChosenQuorums quorums = chosen;
        return quorums == null ? null : quorums.problem();
    }

    /**
     * How many more of these replicas may fail, whichever they are, before they are no quorum of one
     * kind. Below zero if they are none now: then at least as many are missing.
     */
    public int toSpare(long bits) {
        ChosenQuorums quorums = chosen;
        return quorums == null
                ? toSpare(bits, Quorums::majority)
                : Math.min(quorums.prepareToSpare(bits), quorums.acceptToSpare(bits));
    }

    /** As {@link #toSpare(long)} for prepare quorums alone, or those to read. */
    public int prepareToSpare(long bits) {
        ChosenQuorums quorums = chosen;
        return quorums == null ? toSpare(bits, Quorums::majority) : quorums.prepareToSpare(bits);
    }

    /** As {@link #toSpare(long)} for accept quorums alone, or those to write. */
    public int acceptToSpare(long bits) {
        ChosenQuorums quorums = chosen;
        return quorums == null ? toSpare(bits, Quorums::majority) : quorums.acceptToSpare(bits);
    }

    /** Whether these replicas have a majority of each group, whatever quorums a store has chosen. */
    public boolean isQuorum(long bits) {
        return Long.bitCount(bits & group) >= majority && Long.bitCount(bits & next) >= nextMajority;
    }

    /** What a quorum is, for the text of an error. */
    public String quorumInWords() {
        ChosenQuorums quorums = chosen;
        if (quorums != null) {
            return quorums.problem() == null ? quorums.toString() : "quorum, as there is none: " + quorums.problem();
        }
        return isJoint()
                ? "majority of both the members before and those after the change of members that is running"
                : "majority";
    }

    /**
     * Whether these are all replicas of both groups. They never are while the group has a replica
     * whose name another one has taken over: that one does not answer, and may yet be found again.
     */
    public boolean isEvery(long bits) {
        return Long.bitCount(bits & group) == groupSize && Long.bitCount(bits & next) == nextSize;
    }

    /** Whether all replicas but these are a quorum. */
    public boolean isQuorumWithout(long bits) {
        return isQuorum(~bits);
    }

    /**
     * How many more of these replicas may fail, whichever they are, before too few are left, of the
     * group or of the next group. Below zero if too few are there now: then as many are missing.
     *
     * @param needed how many of a group of that size are needed
     */
    public int toSpare(long bits, IntUnaryOperator needed) {
        int ofGroup = Long.bitCount(bits & group) - needed.applyAsInt(groupSize);
        return isJoint() ? Math.min(ofGroup, Long.bitCount(bits & next) - needed.applyAsInt(nextSize)) : ofGroup;
    }

    /** How many members the group has, also those whose names another incarnation has taken over. */
    public int groupSize() {
        return groupSize;
    }

    /** How many members the next group has; 0 if there is none. */
    public int nextGroupSize() {
        return nextSize;
    }

    /** The names of all members of the group, also of those that another incarnation has replaced. */
    public List<String> groupNames() {
        return groupNames;
    }

    /** The index of a node, or -1 if it is none of the replicas. */
    public int indexOf(NodeId node) {
        // Not by an iterator: this is called for each answer.
        for (int i = 0; i < replicas.size(); i++) {
            if (replicas.get(i).equals(node)) {
                return i;
            }
        }
        return -1;
    }

    /** The bit of a node, or 0 if it is none of the replicas. */
    public long bit(NodeId node) {
        int index = indexOf(node);
        return index < 0 ? 0 : 1L << index;
    }

    /** Those of the other's replicas with these bits that are replicas here, by their bits here. */
    public long bitsOf(Voters other, long bits) {
        long same = 0;
        for (int i = 0; i < replicas.size(); i++) {
            same |= (other.bit(replicas.get(i)) & bits) == 0 ? 0 : 1L << i;
        }
        return same;
    }

    /**
     * What is known of each replica here.
     *
     * @param values what is known of each replica of the other, in the order there
     * @param otherwise for a replica that the other does not have
     */
    public long[] valuesOf(Voters other, long[] values, long otherwise) {
        return replicas.stream()
                .mapToInt(other::indexOf)
                .mapToLong(index -> index < 0 ? otherwise : values[index])
                .toArray();
    }

    @Override
    public String toString() {
        String text = names(group);
        return (isJoint() ? "joint " + text + " and " + names(next) : text) + " since epoch " + since;
    }

    private String names(long bits) {
        return Arrays.toString(replicas.stream()
                .filter(replica -> (bit(replica) & bits) != 0)
                .map(NodeId::name)
                .toArray());
    }
}
