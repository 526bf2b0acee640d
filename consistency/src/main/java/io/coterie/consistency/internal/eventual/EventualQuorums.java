package io.coterie.consistency.internal.eventual;

import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Voters;

/** How many replicas the reads and writes of one store need. Only to be used on the loop. */
final class EventualQuorums {
    private final EventualPolicy policy;
    private Voters votersOf;
    private Voters voters;

    EventualQuorums(NodeReplication replication, EventualPolicy policy) {
        this.policy = policy;
        this.votersOf = replication.voters();
        this.voters = policy.among(votersOf);
    }

    /** @param replicas a bit for each of the voters that has answered */
    boolean isRead(Voters asked, long replicas) {
        return policy.readsOne() ? replicas != 0 : among(asked).isPrepareQuorum(replicas);
    }

    /** @param replicas a bit for each of the voters that has the write */
    boolean isWritten(Voters asked, long replicas) {
        return policy.writesOne() ? replicas != 0 : among(asked).isAcceptQuorum(replicas);
    }

    private Voters among(Voters asked) {
        if (!asked.equals(votersOf)) {
            votersOf = asked;
            voters = policy.among(asked);
        }
        return voters;
    }

    /** What is missing where some replicas have answered. */
    String missing(Voters asked, String what) {
        String problem = among(asked).quorumProblem();
        return "was answered by some replicas, and by no " + what + " quorum in time: "
                + (problem == null ? policy.quorumsInWords() : problem);
    }
}
