package io.coterie.internal.readiness;

import io.coterie.replication.ReplicaReport;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.Replication;
import io.coterie.replication.spi.Quorums;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who of the replicas votes, by what they have reported. A replica counts from its answer that it
 * votes until it is {@linkplain #forget forgotten}. Only to be used on the loop.
 */
final class Votes {
    private final Replication replication;
    private final Map<NodeId, ReplicaReport> heard = new HashMap<>();
    private final Map<NodeId, String> problems = new HashMap<>();
    private final Set<NodeId> everVoted = new HashSet<>();
    private Voters voters;

    Votes(Replication replication) {
        this.replication = replication;
        this.voters = replication.loop().voters();
    }

    /** The replicas whose votes are counted. */
    Voters voters() {
        return voters;
    }

    /**
     * From now on the votes of these replicas are counted.
     *
     * @return whether they are others than before, or are no longer being exchanged
     */
    boolean change(Voters now) {
        Voters before = voters;
        voters = now;
        List<NodeId> replicas = now.replicas();
        heard.keySet().retainAll(replicas);
        problems.keySet().retainAll(replicas);
        everVoted.retainAll(replicas);
        return before.isJoint() || !before.replicas().equals(replicas);
    }

    /** Takes in the reports of replicas. */
    void hear(Map<NodeId, ReplicaReport> reports) {
        reports.forEach((replica, report) -> {
            if (report.state() != null) {
                heard.put(replica, report);
            }
            if (report.isVoting()) {
                everVoted.add(replica);
            }
            String problem = report.problem();
            if (problem == null) {
                problems.remove(replica);
            } else {
                problems.put(replica, problem);
            }
        });
    }

    /** A replica is gone. It may come back as one that does not vote: it has to report again. */
    void forget(NodeId replica) {
        heard.remove(replica);
    }

    boolean votes(NodeId replica) {
        if (replica.equals(replication.self())) {
            return replication.localState() == ReplicaState.VOTING;
        }
        ReplicaReport last = heard.get(replica);
        return last != null && last.isVoting();
    }

    /** The replicas that have not voted since this node was started. */
    List<NodeId> neverVoted() {
        return voters.replicas().stream()
                .filter(replica -> !everVoted.contains(replica))
                .toList();
    }

    private long bits() {
        return voters.replicas().stream()
                .filter(this::votes)
                .mapToLong(voters::bit)
                .sum();
    }

    private int count() {
        return Long.bitCount(bits());
    }

    boolean areAll() {
        return bits() == voters.allBits();
    }

    /** How many more replicas may fail until there is no majority; below zero if there is none. */
    int toSpare() {
        return voters.toSpare(bits(), Quorums::majority);
    }

    /** How many vote, out of how many. */
    String counted() {
        return count() + " of " + voters.replicas().size();
    }

    /** The same as a sentence. */
    String text() {
        return counted() + (count() == 1 ? " replicas votes" : " replicas vote");
    }

    /** How many must vote, as a text that follows "and". */
    String needed() {
        int majority = Quorums.majority(voters.groupSize());
        return voters.isJoint()
                ? majority + " of the " + voters.groupSize() + " members so far and "
                        + Quorums.majority(voters.nextGroupSize()) + " of the " + voters.nextGroupSize()
                        + " next ones are needed while the members change"
                : majority + " are needed";
    }

    /** The state of each replica as text. */
    Map<NodeId, String> states() {
        Map<NodeId, String> states = new LinkedHashMap<>();
        for (NodeId replica : voters.replicas()) {
            String problem = problems.get(replica);
            states.put(replica, votes(replica) ? "votes" : problem == null ? "down" : problem);
        }
        return states;
    }

    /** What the last answers, or their lack, had to complain about. */
    Map<NodeId, String> problems() {
        return problems;
    }
}
