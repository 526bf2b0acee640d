package io.coterie.consistency.internal.replica;

import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.internal.policy.Tombstone;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.PrepareAnswer;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to have a deleted key forgotten, in the order that is safe (Rystsov, CASPaxos, 2018,
 * section 3.1): first all replicas accept the tombstone, under the very ballot it has, so that none
 * has anything older; then each forgets it and refuses from then on, for absent keys, what could be
 * older.
 *
 * <p>Any replica that cannot be asked ends the attempt, as does one that has accepted or promised
 * something higher: somebody is writing the key. Where that stays so for long, nobody is: a
 * coordinator is gone after its {@code prepare}, or an attempt like this one before the last
 * replica heard of it. What was promised does no harm, as the floor rises to it. Where a replica
 * does not accept the tombstone, it is proposed once more, unchanged, under a ballot above all.
 */
final class TombstoneRemoval {
    /** How an attempt ended. */
    enum End {
        /** All replicas that are not in the middle of a change have forgotten the key. */
        REMOVED,
        /** The key is in use, or was proposed once more. */
        KEPT,
        /** A replica did not answer. */
        UNREACHABLE
    }

    /** Long after each replica has answered or failed to: none is asked twice. */
    private static final long LIMIT_NANOS = Duration.ofMinutes(1).toNanos();

    private final NodeReplication replication;
    private final Tombstone tombstone;
    private final byte[] deleted;
    private final boolean stuck;
    private final Consumer<End> then;
    private Ballot highestPromise = Ballot.NONE;
    private int phase;

    /**
     * An attempt.
     *
     * @param deleted the tombstone's state
     * @param stuck whether nothing has changed for long, so that earlier attempts must have been
     *     refused
     */
    TombstoneRemoval(
            NodeReplication replication, Tombstone tombstone, byte[] deleted, boolean stuck, Consumer<End> then) {
        this.replication = replication;
        this.tombstone = tombstone;
        this.deleted = deleted;
        this.stuck = stuck;
        this.then = then;
    }

    void start() {
        if (!RegisterState.isState(deleted)) {
            end(End.KEPT);
            return;
        }
        Ballot ballot = tombstone.ballot();
        replication.accept(tombstone.key(), ballot, deleted, ballot, deadline(), new Confirmation());
    }

    /** All replicas have the tombstone. */
    private void remove() {
        long newest = Math.max(
                tombstone.ballot().counter(), RegisterState.decode(deleted).highestTimestamp());
        Ballot floor =
                Ballot.max(highestPromise, new Ballot(newest, tombstone.ballot().proposer()));
        replication.remove(tombstone.key(), tombstone.ballot(), floor, deadline(), new Removal());
    }

    private void proposeOnceMore() {
        BallotClock clock = replication.ballotClock();
        Ballot ballot = clock.observe(highestPromise.counter()) ? clock.next() : clock.nextAbove(highestPromise);
        replication.prepare(tombstone.key(), ballot, deadline(), new Promises(ballot));
    }

    private long deadline() {
        return replication.world().clock().nanos() + LIMIT_NANOS;
    }

    private void end(End how) {
        phase++;
        then.accept(how);
    }

    /** Answers that count only if there is one from every replica. */
    private abstract class FromAll<A> implements ResponseCollector<A> {
        private final int number;
        private final Voters voters = replication.voters();

        /** A bit for each replica. */
        private long answered;

        FromAll() {
            phase++;
            this.number = phase;
        }

        abstract void heard(A answer);

        abstract void heardAll();

        boolean isCurrent() {
            return phase == number;
        }

        @Override
        public final boolean onAnswer(NodeId replica, A answer) {
            if (isCurrent()) {
                answered |= voters.bit(replica);
                heard(answer);
            }
            if (isCurrent() && answered == voters.allBits()) {
                endPhase();
            }
            return !isCurrent();
        }

        /** Who is known to be lost cannot be asked. */
        private void endPhase() {
            if (voters.isEvery(answered)) {
                heardAll();
            } else {
                end(End.UNREACHABLE);
            }
        }

        @Override
        public final void onProblem(NodeId replica, String problem) {
            if (isCurrent()) {
                end(End.UNREACHABLE);
            }
        }

        /** The new replicas may have neither the tombstone nor what was promised for it. */
        @Override
        public final void onVotersChanged() {
            if (isCurrent()) {
                end(End.KEPT);
            }
        }

        /** A promise that is too far ahead must not become the floor: the tombstone stays. */
        @Override
        public final void onClockAhead(NodeId replica, String problem) {
            if (isCurrent()) {
                end(End.KEPT);
            }
        }

        @Override
        public final boolean asksAgain(NodeId replica, int failures) {
            return false;
        }

        @Override
        public final void onOtherPolicy(NodeId replica, String problem) {
            onProblem(replica, problem);
        }
    }

    private final class Confirmation extends FromAll<AcceptAnswer> {
        private boolean refused;

        @Override
        void heard(AcceptAnswer answer) {
            highestPromise = Ballot.max(highestPromise, answer.promised());
            refused |= !answer.accepted();
        }

        @Override
        void heardAll() {
            boolean inUse = refused || highestPromise.isAbove(tombstone.promised());
            if (inUse && !stuck) {
                end(End.KEPT);
            } else if (refused) {
                proposeOnceMore();
            } else {
                remove();
            }
        }
    }

    private final class Removal extends FromAll<Boolean> {
        @Override
        void heard(Boolean gone) {}

        @Override
        void heardAll() {
            end(End.REMOVED);
        }
    }

    private final class Promises extends FromAll<PrepareAnswer> {
        private final Ballot ballot;
        private Ballot highest = Ballot.NONE;
        private byte @Nullable [] state;

        Promises(Ballot ballot) {
            this.ballot = ballot;
        }

        @Override
        void heard(PrepareAnswer answer) {
            if (!answer.granted()) {
                end(End.KEPT);
            } else if (answer.accepted().isAbove(highest)) {
                highest = answer.accepted();
                state = answer.state();
            }
        }

        @Override
        void heardAll() {
            byte[] found = state;
            if (found == null) {
                end(End.KEPT);
            } else {
                replication.accept(tombstone.key(), ballot, found, ballot, deadline(), new Repetition());
            }
        }
    }

    /** Repeats a state unchanged. If it is a tombstone, the next attempt removes it. */
    private final class Repetition extends FromAll<AcceptAnswer> {
        @Override
        void heard(AcceptAnswer answer) {}

        @Override
        void heardAll() {
            end(End.KEPT);
        }
    }
}
