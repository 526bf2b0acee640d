package io.coterie.consistency.internal.replica;

import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.PrepareAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to have all replicas accept the state of a key once more, unchanged, under a ballot
 * above all: a round that changes nothing (Rystsov, CASPaxos, 2018, section 2.2). It is tried once;
 * who lacks the state still begins another.
 */
final class Reproposal {
    private static final long LIMIT_NANOS = Duration.ofSeconds(10).toNanos();

    private final NodeReplication replication;
    private final RecordKey key;
    private final Runnable proposed;

    /** @param proposed is run if a majority promised, and its state is proposed */
    Reproposal(NodeReplication replication, RecordKey key, Runnable proposed) {
        this.replication = replication;
        this.key = key;
        this.proposed = proposed;
    }

    void start() {
        Ballot ballot = ConsensusRules.CORRECT.nextBallot(replication.ballotClock());
        replication.prepare(key, ballot, deadline(), new Promises(ballot));
    }

    private long deadline() {
        return replication.world().clock().nanos() + LIMIT_NANOS;
    }

    /** A replica that fails to answer is not asked again: the next attempt will do. */
    private abstract static class Once<A> implements ResponseCollector<A> {
        @Override
        public final boolean asksAgain(NodeId replica, int failures) {
            return false;
        }
    }

    /**
     * Collects promises. This node's own must be among them: it is the one that lacks the state,
     * and while it has promised something out of bounds, the others would change in vain.
     */
    private final class Promises extends Once<PrepareAnswer> {
        private final Ballot ballot;
        private final Voters voters = replication.voters(key.store());
        private Ballot highest = Ballot.NONE;
        private byte @Nullable [] state;

        /** A bit for each replica. */
        private long promises;

        private boolean own;

        Promises(Ballot ballot) {
            this.ballot = ballot;
        }

        @Override
        public boolean onAnswer(NodeId replica, PrepareAnswer answer) {
            if (!answer.granted()) {
                // The clock follows, so that the next attempt is above it.
                replication.ballotClock().observe(answer.promised().counter());
                return replica.equals(replication.self());
            }
            own |= replica.equals(replication.self());
            if (ConsensusRules.CORRECT.isNewer(answer.accepted(), highest)) {
                highest = answer.accepted();
                state = answer.state();
            }
            promises |= voters.bit(replica);
            byte[] found = state;
            if (!own || found == null || !ConsensusRules.CORRECT.isPromised(voters, promises)) {
                return false;
            }
            proposed.run();
            replication.accept(key, ballot, found, ballot, deadline(), new Acceptances());
            return true;
        }
    }

    /** All replicas are to have it, not only a majority. */
    private static final class Acceptances extends Once<AcceptAnswer> {
        @Override
        public boolean onAnswer(NodeId replica, AcceptAnswer answer) {
            return false;
        }
    }
}
