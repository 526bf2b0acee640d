package io.coterie.replication.spi;

import io.coterie.replication.quorums.MemberQuorums;
import io.coterie.replication.quorums.QuorumPair;
import io.coterie.rpc.node.NodeId;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The quorums that a store has chosen, for the group and the next group of {@link Voters}. Where
 * they are not defined for one of the two, or do not meet there, nothing is a quorum. Immutable.
 */
final class ChosenQuorums {
    private final QuorumPair pair;
    private final @Nullable OfGroup group;

    /** Null where there is no next group. */
    private final @Nullable OfGroup next;

    private final @Nullable String problem;

    /** The quorums of one group, and for each replica its place there, or -1 if it has none. */
    private record OfGroup(MemberQuorums prepare, MemberQuorums accept, int[] places) {
        static OfGroup of(QuorumPair pair, boolean meeting, List<String> names, List<NodeId> replicas, long bits) {
            if (meeting) {
                pair.requireMeeting(names);
            }
            List<String> sorted = names.stream().sorted().toList();
            int[] places = new int[replicas.size()];
            for (int i = 0; i < places.length; i++) {
                boolean isMember = (bits & 1L << i) != 0;
                places[i] = isMember ? sorted.indexOf(replicas.get(i).name()) : -1;
            }
            return new OfGroup(pair.prepare().of(names), pair.accept().of(names), places);
        }

        long members(long replicas) {
            long members = 0;
            for (int i = 0; i < places.length; i++) {
                members |= (replicas & 1L << i) != 0 && places[i] >= 0 ? 1L << places[i] : 0;
            }
            return members;
        }
    }

    /**
     * The quorums of both groups.
     *
     * @param meeting whether each quorum of one system must share a member with each of the other
     * @param names those of all members of the group, also those that never answer
     * @param nextNames the same of the next group; empty if there is none
     */
    ChosenQuorums(
            QuorumPair pair,
            boolean meeting,
            List<NodeId> replicas,
            List<String> names,
            long bits,
            List<String> nextNames,
            long nextBits) {
        this.pair = pair;
        OfGroup first = null;
        OfGroup second = null;
        String wrong = null;
        try {
            first = OfGroup.of(pair, meeting, names, replicas, bits);
            second = nextNames.isEmpty() ? null : OfGroup.of(pair, meeting, nextNames, replicas, nextBits);
        } catch (IllegalArgumentException e) {
            wrong = String.valueOf(e.getMessage());
        }
        this.group = first;
        this.next = second;
        this.problem = wrong;
    }

    boolean isPrepare(long replicas) {
        OfGroup first = group;
        OfGroup second = next;
        return first != null
                && problem == null
                && first.prepare().isQuorum(first.members(replicas))
                && (second == null || second.prepare().isQuorum(second.members(replicas)));
    }

    boolean isAccept(long replicas) {
        OfGroup first = group;
        OfGroup second = next;
        return first != null
                && problem == null
                && first.accept().isQuorum(first.members(replicas))
                && (second == null || second.accept().isQuorum(second.members(replicas)));
    }

    int prepareToSpare(long replicas) {
        return toSpare(replicas, OfGroup::prepare);
    }

    int acceptToSpare(long replicas) {
        return toSpare(replicas, OfGroup::accept);
    }

    private int toSpare(long replicas, Function<OfGroup, MemberQuorums> quorums) {
        OfGroup first = group;
        if (first == null || problem != null) {
            return -1;
        }
        OfGroup second = next;
        int ofGroup = quorums.apply(first).failuresSurvived(first.members(replicas));
        return second == null
                ? ofGroup
                : Math.min(ofGroup, quorums.apply(second).failuresSurvived(second.members(replicas)));
    }

    @Nullable
    String problem() {
        return problem;
    }

    @Override
    public String toString() {
        return "quorum of prepare " + pair.prepare() + " and accept " + pair.accept();
    }
}
