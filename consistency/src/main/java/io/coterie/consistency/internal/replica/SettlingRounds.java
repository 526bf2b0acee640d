package io.coterie.consistency.internal.replica;

import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.internal.transfer.FullRound;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.PrepareAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Settles what is chosen for one key, by a round that changes nothing (Rystsov, CASPaxos, 2018,
 * section 2.2): a quorum promises a new ballot, and accepts under it what was accepted before. A
 * key of which nothing was accepted is settled by the promise alone. One attempt; whoever needs the
 * key tries again, above what was promised meanwhile.
 */
final class SettlingRounds implements FullRound {
    private static final long LIMIT_NANOS = Duration.ofSeconds(10).toNanos();

    /** A transfer settles few keys at a time, and most of them at the first attempt. */
    private static final int MAX_CONTENDED = 1_024;

    private final NodeReplication replication;

    /** What stood in the way of the last attempt, for keys that are contended. */
    private final Map<RecordKey, Ballot> contended = new HashMap<>();

    SettlingRounds(NodeReplication replication) {
        this.replication = replication;
    }

    @Override
    public void run(RecordKey key, Consumer<Boolean> done) {
        Ballot ballot = ballotFor(contended.getOrDefault(key, Ballot.NONE));
        replication.prepare(key, ballot, deadline(), new Promises(key, ballot, done));
    }

    private Ballot ballotFor(Ballot above) {
        BallotClock clock = replication.ballotClock();
        return clock.observe(above.counter()) ? clock.next() : clock.nextAbove(above);
    }

    private long deadline() {
        return replication.world().clock().nanos() + LIMIT_NANOS;
    }

    /** One phase of an attempt: its answers count until it has ended. */
    private abstract class Phase<A> implements ResponseCollector<A> {
        final RecordKey key;
        final Ballot ballot;
        final Voters voters;
        private final Consumer<Boolean> done;

        /** A bit for each replica that did as asked. */
        long agreed;

        /** A bit for each replica that did not, or failed. */
        private long failed;

        boolean over;

        abstract boolean isEnough(long replicas);

        Phase(RecordKey key, Ballot ballot, Consumer<Boolean> done) {
            this.key = key;
            this.voters = replication.voters(key.store());
            this.ballot = ballot;
            this.done = done;
        }

        final void end(boolean settled) {
            over = true;
            contended.remove(key);
            done.accept(settled);
        }

        final void promisedHigher(NodeId replica, Ballot promised) {
            if (contended.size() < MAX_CONTENDED) {
                contended.merge(key, promised, Ballot::max);
            }
            failed(replica);
        }

        private void failed(NodeId replica) {
            failed |= voters.bit(replica);
            if (!over && !isEnough(~failed)) {
                over = true;
                done.accept(false);
            }
        }

        @Override
        public final void onProblem(NodeId replica, String problem) {
            failed(replica);
        }

        @Override
        public final void onClockAhead(NodeId replica, String problem) {
            failed(replica);
        }

        @Override
        public final void onTooLarge(NodeId replica, String problem) {
            failed(replica);
        }

        @Override
        public final void onOtherPolicy(NodeId replica, String problem) {
            failed(replica);
        }

        @Override
        public final void onVotersChanged() {
            if (!over) {
                over = true;
                done.accept(false);
            }
        }

        @Override
        public final boolean asksAgain(NodeId replica, int failures) {
            return false;
        }
    }

    private final class Promises extends Phase<PrepareAnswer> {
        private final Consumer<Boolean> done;
        private Ballot highest = Ballot.NONE;
        private byte @Nullable [] state;

        Promises(RecordKey key, Ballot ballot, Consumer<Boolean> done) {
            super(key, ballot, done);
            this.done = done;
        }

        @Override
        boolean isEnough(long replicas) {
            return ConsensusRules.CORRECT.isPromised(voters, replicas);
        }

        @Override
        public boolean onAnswer(NodeId replica, PrepareAnswer answer) {
            if (over) {
                return true;
            }
            if (!answer.granted()) {
                promisedHigher(replica, answer.promised());
                return over;
            }
            agreed |= voters.bit(replica);
            if (ConsensusRules.CORRECT.isNewer(answer.accepted(), highest)) {
                highest = answer.accepted();
                state = answer.state();
            }
            if (!isEnough(agreed)) {
                return false;
            }
            byte[] found = state;
            if (found == null) {
                end(true);
            } else {
                over = true;
                replication.accept(key, ballot, found, ballot, deadline(), new Acceptances(key, ballot, done));
            }
            return true;
        }
    }

    private final class Acceptances extends Phase<AcceptAnswer> {
        Acceptances(RecordKey key, Ballot ballot, Consumer<Boolean> done) {
            super(key, ballot, done);
        }

        @Override
        boolean isEnough(long replicas) {
            return ConsensusRules.CORRECT.isAccepted(voters, replicas);
        }

        @Override
        public boolean onAnswer(NodeId replica, AcceptAnswer answer) {
            if (over) {
                return true;
            }
            if (!answer.accepted()) {
                promisedHigher(replica, answer.promised());
                return over;
            }
            agreed |= voters.bit(replica);
            if (isEnough(agreed)) {
                end(true);
            }
            return over;
        }
    }
}
