package io.coterie.consistency.internal.eventual;

import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.quorums.QuorumSystem;
import io.coterie.replication.spi.Voters;

/** How many replicas the reads and writes of one store need. Only to be used on the loop. */
final class EventualQuorums {
    private static final QuorumSystem ONE = QuorumSystem.atLeast(1);

    private final QuorumSystem read;
    private final QuorumSystem write;
    private final boolean readsOne;
    private final boolean writesOne;
    private Voters votersOf;
    private Voters voters;

    EventualQuorums(NodeReplication replication, QuorumSystem read, QuorumSystem write) {
        this.read = read;
        this.write = write;
        this.readsOne = read.equals(ONE);
        this.writesOne = write.equals(ONE);
        this.votersOf = replication.voters();
        this.voters = votersOf.withAny(read, write);
    }

    /** @param replicas a bit for each of the voters that has answered */
    boolean isRead(Voters asked, long replicas) {
        return readsOne ? replicas != 0 : among(asked).isPrepareQuorum(replicas);
    }

    /** @param replicas a bit for each of the voters that has the write */
    boolean isWritten(Voters asked, long replicas) {
        return writesOne ? replicas != 0 : among(asked).isAcceptQuorum(replicas);
    }

    private Voters among(Voters asked) {
        if (!asked.equals(votersOf)) {
            votersOf = asked;
            voters = asked.withAny(read, write);
        }
        return voters;
    }

    static String inWords(QuorumSystem read, QuorumSystem write) {
        return "reads need " + read + ", writes " + write;
    }

    /** What is missing where some replicas have answered. */
    String missing(Voters asked, String what) {
        String problem = among(asked).quorumProblem();
        return "was answered by some replicas, and by no " + what + " quorum in time: "
                + (problem == null ? inWords(read, write) : problem);
    }
}
