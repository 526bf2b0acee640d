package io.coterie.replication.internal.replica;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.GroupMember;
import io.coterie.replication.internal.membership.Member;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.membership.Placement;
import io.coterie.replication.internal.rules.AcceptorRules;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The other replicas, with which a replica registers: what each has answered, and whether enough
 * have. While the members change, enough of each group that the replica is in must have: its vote
 * counts in both.
 */
final class Registrars {
    private final Map<NodeId, Registrar> all = new TreeMap<>();
    private List<Group> groups;

    /** Another replica, with the records that it has now. What lost records knew is gone. */
    static final class Registrar {
        final NodeId id;

        /** Of its records; 0 before there is a configuration. */
        long incarnation;

        boolean heard;

        /** Whether its answer counts. */
        boolean counts;

        /** Whether it answered that it has lost its records. */
        boolean lost;

        @Nullable
        Remembered remembered;

        /** Whether it remembers this start. */
        boolean remembersStart;

        boolean asked;
        int failures;
        String refusal = "";

        /** How often it has refused for that reason. */
        int refusals;

        Registrar(NodeId id, long incarnation) {
            this.id = id;
            this.incarnation = incarnation;
        }
    }

    /**
     * A group that the replica is in.
     *
     * @param size how many replicas, itself included
     * @param others those of the others whose records still are the group's
     */
    private record Group(int size, Set<NodeId> others) {}

    /** @param others all other replicas, as long as there is no configuration */
    Registrars(List<NodeId> others) {
        others.forEach(id -> all.put(id, new Registrar(id, 0)));
        this.groups = List.of(new Group(others.size() + 1, Set.copyOf(others)));
    }

    /**
     * The members are those of a configuration from now on: nothing has been heard from those that
     * are new, or have new records.
     */
    void change(Configuration adopted, MemberId self) {
        Placement placement = adopted.placement();
        Set<NodeId> others = adopted.members().stream()
                .map(Member::id)
                .map(MemberId::node)
                .filter(other -> !other.equals(self.node()))
                .collect(Collectors.toSet());
        all.keySet().retainAll(others);
        for (NodeId other : others) {
            long incarnation = placement.incarnationOf(other);
            Registrar known = all.get(other);
            if (known != null && known.incarnation == 0) {
                // All took part in the founding: these are the records that have answered.
                known.incarnation = incarnation;
            } else if (known == null || known.incarnation != incarnation) {
                all.put(other, new Registrar(other, incarnation));
            }
        }
        groups = new ArrayList<>();
        for (List<GroupMember> group : List.of(placement.group(), placement.next())) {
            List<MemberId> members = group.stream().map(GroupMember::id).toList();
            if (members.contains(self)) {
                groups.add(new Group(
                        members.size(),
                        members.stream()
                                .filter(other -> !other.equals(self)
                                        && placement.incarnationOf(other.node()) == other.incarnation())
                                .map(MemberId::node)
                                .collect(Collectors.toSet())));
            }
        }
    }

    /** Forgets what all have answered. */
    void beginAgain() {
        all.replaceAll((id, before) -> new Registrar(id, before.incarnation));
    }

    Collection<Registrar> all() {
        return List.copyOf(all.values());
    }

    @Nullable
    Registrar find(NodeId id) {
        return all.get(id);
    }

    /** Whether this is what is known of a replica now. */
    boolean isCurrent(Registrar registrar) {
        return all.get(registrar.id) == registrar;
    }

    /** Whether so many count that the replica may register, if all others that live have answered. */
    boolean hasHeardAtLeastEnough(boolean hasVoted) {
        return groups.stream().allMatch(group -> hasHeard(group, hasVoted) || (hasVoted && isMajority(group)));
    }

    /** Whether so many count that the replica may register without waiting for others. */
    boolean hasHeardEnough(boolean hasVoted) {
        return groups.stream().allMatch(group -> hasHeard(group, hasVoted));
    }

    private boolean hasHeard(Group group, boolean hasVoted) {
        int counting = count(group, other -> other.counts);
        return counting >= AcceptorRules.registrars(group.size())
                || (!hasVoted
                        && AcceptorRules.isKnownToBeNew(group.size(), counting, count(group, other -> other.lost)));
    }

    private boolean isMajority(Group group) {
        return count(group, other -> other.counts) >= AcceptorRules.toRemember(group.size(), true);
    }

    boolean haveAllAnswered() {
        return all.values().stream().allMatch(other -> other.heard);
    }

    /**
     * Whether enough remember this start. A replica that lost its records remembers a first start
     * from then on, as any other.
     */
    boolean isRememberedByEnough(boolean hasVoted) {
        return groups.stream()
                .allMatch(group ->
                        count(group, other -> (other.counts || (other.lost && !hasVoted)) && other.remembersStart)
                                >= AcceptorRules.toRemember(group.size(), hasVoted));
    }

    private int count(Group group, Predicate<Registrar> which) {
        return (int) group.others().stream()
                .map(all::get)
                .filter(other -> other != null && which.test(other))
                .count();
    }
}
