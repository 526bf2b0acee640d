package io.coterie.consistency.internal.round;

import io.coterie.consistency.internal.pending.StrongOperation;
import io.coterie.consistency.internal.register.BatchOutcome;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.rules.Batch;
import io.coterie.consistency.internal.rules.CachedPromise;
import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.PrepareAnswer;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.node.NodeId;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Applies a batch to one key: the proposer (Rystsov, CASPaxos, 2018, section 2.2). {@code prepare}
 * learns the state and has lower ballots shut out, {@code accept} has the changed state taken by a
 * majority. A promise that is cached from the last round spares the {@code prepare}.
 *
 * <p>After a conflict it starts over with a higher ballot. The batch may be part of the state that
 * it then finds: it is recognised by its origin and timestamp, and the outcome recorded there has
 * its results. What is refused, or unchanged, goes through {@code accept} too: only then the state
 * that it rests on is known to be chosen.
 */
public final class ProposeRound extends Round {
    /**
     * Whether the batch was proposed for the first time, and no replica is known to have accepted
     * it.
     */
    private boolean isUntaken;

    public ProposeRound(RoundContext context, RoundKey key, Batch batch) {
        super(context, key, batch);
    }

    @Override
    public void start() {
        voters = votersNow();
        CachedPromise cached = key.takePromise(voters);
        if (cached != null
                && !(cached.state().isTombstone()
                        && cached.mayBeForgotten(replication().ballotClock().ageMillis(cached.ballot())))) {
            propose(rules.promisedBallot(cached, replication().ballotClock()), cached.state());
        } else {
            prepare();
        }
    }

    @Override
    void again() {
        if (rules.isUntakenAfterRefusal()) {
            batch.takeBack();
        }
        prepare();
    }

    /** What was sent before may be accepted, so the batch is looked for in the state, too. */
    @Override
    void restart() {
        prepare();
    }

    /** A batch that no replica has accepted, and none can accept later, is not applied. */
    @Override
    boolean isSettled() {
        if (isUntaken && mayBeDone()) {
            return false;
        }
        if (isUntaken) {
            batch.takeBack();
        }
        return true;
    }

    private void prepare() {
        boolean beyond = isBeyondClock();
        boolean followsMinority = beyond && isBeyondAtMinority();
        Ballot ballot = beyond ? replication().ballotClock().nextAbove(beyondClock()) : context.nextBallot();
        int phase = enterPhase();
        if (followsMinority) {
            followMinority();
        }
        isUntaken = false;
        asked(phase, context.states().prepare(key, ballot, batch.conflicts(), deadline(), new Promises(phase, ballot)));
    }

    private void propose(Ballot ballot, RegisterState state) {
        BatchOutcome known = rules.appliedBefore(batch, state);
        if (known != null && known.attempt() != BatchOutcome.BY_ANOTHER) {
            accept(ballot, state, batch.attempt(known.attempt()), false);
        } else if (known != null) {
            accept(ballot, state, batch.appliedByAnother(known.results(), state), false);
        } else if (batch.mayBeApplied() && state.mayHaveForgotten(batch.origin(), batch.timestamp())) {
            giveUp("met so many others that its outcome was forgotten");
        } else {
            apply(ballot, state);
        }
    }

    /**
     * A refusal by another node is certain once the state that records it is chosen; a promise may
     * report one that never is.
     */
    private void refusedElsewhere(Ballot next, RegisterState chosen, boolean promised) {
        batch.takeBack();
        if (promised) {
            apply(next, chosen);
        } else {
            prepare();
        }
    }

    private void apply(Ballot ballot, RegisterState state) {
        if (batch.isOver()) {
            abandon();
            key.roundOver(this);
            return;
        }
        if (!batch.mayBeApplied()) {
            BallotClock clock = replication().ballotClock();
            clock.observe(state.newestTimestamp(clock.writer()));
            batch.timestampBy(replication().writer(), context.nextTimestamp());
        }
        if (batch.hasUserCode()) {
            runUserCode(ballot, state);
        } else {
            propose(ballot, batch.applyTo(state, ballot, batch.outcome(), batch.ended()));
        }
    }

    private void runUserCode(Ballot ballot, RegisterState state) {
        int phase = enterPhaseAside();
        BatchOutcome own = batch.outcome();
        boolean[] ended = batch.ended();
        try {
            callFunctions(() -> {
                Batch.Attempt attempt = batch.applyTo(state, ballot, own, ended);
                replication().world().scheduler().execute(() -> {
                    if (isCurrent(phase)) {
                        returned(ballot, attempt);
                    }
                });
            });
        } catch (RejectedExecutionException e) {
            refuseUserCode(ballot, state, e);
        }
    }

    /** Functions have returned. Meanwhile the replicas may be others, who have promised nothing. */
    private void returned(Ballot ballot, Batch.Attempt attempt) {
        if (voters.equals(votersNow())) {
            propose(ballot, attempt);
        } else {
            prepare();
        }
    }

    /**
     * Those who wait for a function hear at once that it cannot run; the others of the batch
     * continue without them.
     */
    private void refuseUserCode(Ballot ballot, RegisterState state, RejectedExecutionException why) {
        if (batch.mayBeApplied()) {
            giveUp("could not be tried again, as the executor takes no more functions: " + why.getMessage());
            return;
        }
        for (StrongOperation operation : batch.operations()) {
            if (operation.callsFunction()) {
                operation.fail(new OverloadedException(context.failures().describe(operation)
                        + ": the executor takes no more functions: " + why.getMessage()
                        + "; let them return sooner, send less at once, or give the node a larger executor"));
            }
        }
        apply(ballot, state);
    }

    private void propose(Ballot ballot, Batch.Attempt whole) {
        if (!rules.mustBeAccepted(whole)) {
            finish(whole);
            return;
        }
        Batch.Attempt attempt = rules.proposal(batch, whole);
        if (batch.endedSince(attempt)) {
            // No caller knows of it yet, and an operation that its caller knows as not applied must
            // not be in it.
            apply(ballot, attempt.before());
            return;
        }
        boolean first = batch.attempts() == 0 && batch.sent() == null;
        batch.propose(attempt);
        accept(ballot, attempt.state(), attempt, first);
    }

    /**
     * Has a state accepted.
     *
     * @param attempt how the batch ends with it; null if it is to be applied anew after it, as
     *     another node has refused it
     * @param first whether nobody was sent any of the batch before
     */
    private void accept(Ballot ballot, RegisterState state, Batch.@Nullable Attempt attempt, boolean first) {
        int phase = enterPhase(state.bytes());
        isUntaken = first;
        Ballot next = context.nextBallotAfter(ballot);
        context.states().observe(state.bytes());
        asked(
                phase,
                replication()
                        .accept(
                                key,
                                ballot,
                                state.bytes(),
                                next,
                                deadline(),
                                new Acknowledgements(phase, next, state, attempt)));
    }

    /**
     * This node's operations may have been applied, and there is no way to find out; those of
     * others continue.
     */
    private void giveUp(String why) {
        for (StrongOperation operation : batch.operations()) {
            if (!operation.isForwarded()) {
                operation.fail(context.failures().unfinished(operation, why, said()));
            }
        }
        batch.giveUpOwn();
        if (batch.isOver()) {
            abandon();
            key.roundOver(this);
        } else {
            prepare();
        }
    }

    private final class Promises implements ResponseCollector<PrepareAnswer> {
        private final int phase;
        private final Ballot ballot;

        /** A bit for each replica. */
        private long granted;

        private Ballot highest = Ballot.NONE;
        private byte @Nullable [] state;
        private Ballot floor = Ballot.NONE;

        Promises(int phase, Ballot ballot) {
            this.phase = phase;
            this.ballot = ballot;
        }

        @Override
        public boolean onAnswer(NodeId replica, PrepareAnswer answer) {
            if (!isCurrent(phase)) {
                return true;
            }
            if (!answer.granted()) {
                heard(replica, bit(replica));
                conflict(replica, answer.promised());
            } else if (isReadable(replica, answer.accepted(), answer.state())) {
                take(replica, answer);
            }
            Map.Entry<NodeId, Ballot> aside = isCurrent(phase) ? nextSetAside(highest) : null;
            while (aside != null) {
                count(aside.getKey());
                aside = nextSetAside(highest);
            }
            if (isCurrent(phase) && rules.isPromised(voters, granted)) {
                load().found(state == null ? 0 : state.length);
                propose(ballot, rules.learned(batch, state, floor));
            } else if (isCurrent(phase)) {
                endIfUnreadable();
            }
            return !isCurrent(phase);
        }

        private void take(NodeId replica, PrepareAnswer answer) {
            count(replica);
            floor = Ballot.max(floor, answer.floor());
            context.states().observe(answer.state());
            if (rules.isNewer(answer.accepted(), highest)) {
                highest = answer.accepted();
                state = answer.state();
            }
        }

        private void count(NodeId replica) {
            long bit = bit(replica);
            heard(replica, bit);
            granted |= bit;
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

    private final class Acknowledgements implements ResponseCollector<AcceptAnswer> {
        private final int phase;
        private final Ballot next;
        private final RegisterState state;
        private final Batch.@Nullable Attempt attempt;

        /** A bit for each replica. */
        private long accepted;

        /** A bit for each replica. */
        private long promised;

        Acknowledgements(int phase, Ballot next, RegisterState state, Batch.@Nullable Attempt attempt) {
            this.phase = phase;
            this.next = next;
            this.state = state;
            this.attempt = attempt;
        }

        @Override
        public boolean onAnswer(NodeId replica, AcceptAnswer answer) {
            if (!isCurrent(phase)) {
                return true;
            }
            long bit = bit(replica);
            heard(replica, bit);
            if (answer.accepted()) {
                isUntaken = false;
                accepted |= bit;
                if (rules.isPromised(next, answer)) {
                    promised |= bit;
                }
            } else {
                conflict(replica, answer.promised());
            }
            if (isCurrent(phase) && rules.isAccepted(voters, accepted)) {
                acceptedByQuorum(rules.isNextPromised(voters, promised));
            }
            endIfDecided();
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

        @Override
        public void onProblem(NodeId replica, String problem) {
            endIfDecided();
        }

        @Override
        public boolean asksAgain(NodeId replica, int failures) {
            return !isCurrent(phase) || !isTooLargeFor(replica);
        }

        /** It may have been the last of which it was not known whether it has accepted. */
        private void endIfDecided() {
            if (isCurrent(phase)) {
                endIfTooLarge();
            }
            if (isCurrent(phase)) {
                endIfTooFarAhead();
            }
        }

        private void acceptedByQuorum(boolean nextIsPromised) {
            if (attempt == null) {
                refusedElsewhere(next, state, nextIsPromised);
                return;
            }
            if (nextIsPromised) {
                key.cachePromise(voters, next, state);
            }
            finish(attempt);
        }
    }
}
