package io.coterie.consistency.internal.round;

import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.rules.Batch;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers reads of one key. If a majority reports the same highest ballot, its state is chosen, and
 * nothing newer was complete when the read began: one round trip. Otherwise the highest one is
 * written back, with its own ballot, before it is believed: without that a later read could miss it
 * (Attiya, Bar-Noy, Dolev, Sharing Memory Robustly, 1995, section 3). Where a higher promise stands
 * in the way of that, the read continues as a full round that changes nothing: the one who was
 * promised may be gone, and reading again would find the same.
 */
public class QuorumRead extends Round implements ResponseCollector<ReadAnswer> {
    /** How long to wait for replicas that may yet agree. */
    private static final int ROUND_TRIPS_FOR_OTHERS = 2;

    /** The phase that reads: the first, and the only one of its kind. */
    private int reading;

    /** A bit for each replica. */
    private long agreeing;

    private boolean waitsForOthers;

    private Ballot highest = Ballot.NONE;
    private byte @Nullable [] state;

    /** A replica with the highest ballot so far, and one with a lower one. */
    private @Nullable NodeId newest;

    private @Nullable NodeId behind;

    public QuorumRead(RoundContext context, RoundKey key, Batch batch) {
        super(context, key, batch);
    }

    @Override
    public void start() {
        reading = enterReadPhase();
        agreeing = 0;
        waitsForOthers = false;
        highest = Ballot.NONE;
        state = null;
        newest = null;
        behind = null;
        asked(reading, context.states().read(key, deadline(), this));
    }

    @Override
    public boolean onAnswer(NodeId replica, ReadAnswer answer) {
        if (!isCurrent(reading)) {
            return true;
        }
        if (isReadable(replica, answer.accepted(), answer.state())) {
            take(replica, answer);
        }
        takeSetAside();
        return !isCurrent(reading);
    }

    private void takeSetAside() {
        Map.Entry<NodeId, Ballot> next = isCurrent(reading) ? nextSetAside(highest) : null;
        while (next != null) {
            take(next.getKey(), new ReadAnswer(next.getValue(), null));
            next = isCurrent(reading) ? nextSetAside(highest) : null;
        }
        if (isCurrent(reading)) {
            endIfUnreadable();
        }
    }

    private void take(NodeId replica, ReadAnswer answer) {
        long bit = bit(replica);
        heard(replica, bit);
        context.states().observe(answer.state());
        if (answer.accepted().isAbove(highest)) {
            behind = newest;
            newest = replica;
            highest = answer.accepted();
            state = answer.state();
            agreeing = bit;
        } else if (answer.accepted().equals(highest)) {
            agreeing |= bit;
        } else {
            behind = replica;
        }
        if (rules.isRead(voters, agreeing)) {
            answer(state);
        } else if (rules.isRead(voters, answered)) {
            if (!rules.mustWriteBack(state) || isChosen()) {
                answer(state);
            } else if (!mayYetAgree()) {
                disagreed(highest, state);
            } else if (!waitsForOthers) {
                waitsForOthers = true;
                laterInPhase(
                        context.backoff().nanosOf(ROUND_TRIPS_FOR_OTHERS, Duration.ZERO),
                        () -> disagreed(highest, state));
            }
        }
    }

    /** Fewer may prove a state chosen than are needed to be sure that none is newer. */
    private boolean isChosen() {
        return !highest.equals(Ballot.NONE) && voters.isAcceptQuorum(agreeing);
    }

    /**
     * Whether those that have not answered may make it a quorum that agrees. While the members change,
     * a newcomer lacks most keys at first, and is one of the first to answer as often as any other:
     * writing back what all others have would bring the same copies twice.
     */
    private boolean mayYetAgree() {
        return voters.isJoint() && rules.isRead(voters, agreeing | ~answered);
    }

    @Override
    public void onTooLarge(NodeId replica, String problem) {
        tooLarge(reading, replica);
    }

    @Override
    public void onVotersChanged() {
        votersChanged(reading);
    }

    @Override
    final void restart() {
        start();
    }

    @Override
    void again() {
        key.continueWith(this, new ProposeRound(context, key, batch));
    }

    /** A replica that has answered with a lower ballot than another one; null if there is none. */
    final @Nullable NodeId behind() {
        return behind;
    }

    /** A majority answered, but not with one ballot. */
    void disagreed(Ballot highest, byte @Nullable [] state) {
        if (state == null) {
            throw new IllegalStateException("replicas disagree, yet none has accepted anything");
        }
        int phase = enterPhase(state);
        asked(phase, replication().accept(key, highest, state, highest, deadline(), new WriteBack(phase, state)));
    }

    final void answer(byte @Nullable [] state) {
        load().found(state == null ? 0 : state.length);
        if (batch.hasForwarded()) {
            RegisterState chosen = RegisterState.decode(state);
            finish(batch.applyTo(chosen, chosen.version(), batch.outcome(), batch.ended()));
        } else {
            finish(RegisterState.read(state));
        }
    }

    private final class WriteBack implements ResponseCollector<AcceptAnswer> {
        private final int phase;
        private final byte[] state;

        /** A bit for each replica. */
        private long accepted;

        WriteBack(int phase, byte[] state) {
            this.phase = phase;
            this.state = state;
        }

        @Override
        public boolean onAnswer(NodeId replica, AcceptAnswer answer) {
            if (!isCurrent(phase)) {
                return true;
            }
            long bit = bit(replica);
            heard(replica, bit);
            if (answer.accepted()) {
                accepted |= bit;
            } else {
                conflict(replica, answer.promised());
            }
            if (isCurrent(phase) && rules.isAccepted(voters, accepted)) {
                answer(state);
            }
            return !isCurrent(phase);
        }

        @Override
        public void onVotersChanged() {
            votersChanged(phase);
        }

        @Override
        public void onTooLarge(NodeId replica, String problem) {
            tooLarge(phase, replica);
        }

        @Override
        public void onClockAhead(NodeId replica, String problem) {
            tooFarAhead(phase, replica);
        }
    }
}
