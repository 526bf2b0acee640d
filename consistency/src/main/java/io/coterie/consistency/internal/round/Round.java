package io.coterie.consistency.internal.round;

import io.coterie.consistency.Result;
import io.coterie.consistency.internal.pending.StrongOperation;
import io.coterie.consistency.internal.register.Forwarded;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.register.UnreadableStates;
import io.coterie.consistency.internal.rules.Batch;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.replication.Replication;
import io.coterie.replication.internal.budget.NodeLoad;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.Quorums;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Brings one batch of one key to its end: a chain of phases, each a request to all replicas. A
 * phase that is not the current one hears nothing, so that late answers to an abandoned attempt
 * change nothing.
 */
public abstract class Round {
    /**
     * Those who wait for a home take it for dead if it waits for too long itself; and it is they
     * who are to make way.
     */
    private static final int MAX_CONFLICTS_OF_HOME = 2;

    /**
     * How often a batch is tried again whose ballot was too far ahead: to compare clocks takes one
     * round trip.
     */
    private static final int MAX_TOO_FAR_AHEAD = 4;

    /** After so much of a pause it is looked at again whether it is still to be that long. */
    private static final long MAX_PAUSE_UNSEEN_NANOS = Duration.ofMillis(50).toNanos();

    private static final String OWN_KEY =
            "let it return sooner; one that waits for a change of its own key, be it by another thread, waits for itself";

    final RoundContext context;
    final ConsensusRules rules;
    final RoundKey key;
    public final Batch batch;
    final int majority;
    private int phase;
    private boolean measured;

    /** Whether replicas write something for the current phase. */
    private boolean writes;

    private long phaseBegan;
    private int answers;
    private int refusals;

    /**
     * A bit for each replica that refused the current phase or, if that asks nobody, the last one
     * that did.
     */
    private long refusedBy;

    /**
     * What replicas answered the current phase, or the last one that asked, that cannot be read;
     * null for nothing.
     */
    private @Nullable UnreadableStates unreadable;

    /**
     * A bit for each replica that refused the current phase because of a promise that this node's
     * clock must not follow.
     */
    private long beyondAt;

    /** The highest of these promises. */
    private Ballot beyondClock = Ballot.NONE;

    /** A bit for each replica for whose clock the ballot of the current phase is too far ahead. */
    private long tooFarAheadFor;

    /**
     * Whether the ballot of the current phase is above what a minority has promised beyond the
     * clock.
     */
    private boolean followsMinority;

    /** A bit for each replica for whose messages of the current phase there is too low a limit. */
    private long tooLargeFor;

    /** Of the current phase or, if that asked nobody, of the last one that did. */
    private @Nullable QuorumCall call;

    /** The functions that the current phase calls; null if it calls none. */
    private @Nullable FunctionCall functions;

    private Scheduler.@Nullable Timer timer;

    /** What the current phase counts for until a majority has answered; then, and before, 0. */
    private int inFlight;

    /** Functions that the executor was given. */
    private static final class FunctionCall {
        private final long calledAt;
        private volatile boolean begun;

        FunctionCall(long calledAt) {
            this.calledAt = calledAt;
        }
    }

    Round(RoundContext context, RoundKey key, Batch batch) {
        this.context = context;
        this.rules = context.rules();
        this.key = key;
        this.batch = batch;
        this.majority = Quorums.majority(context.replication().replicas().size());
    }

    public abstract void start();

    /** Goes on after a conflict. */
    abstract void again();

    /** Stops without telling anyone. */
    public void abandon() {
        leavePhase();
    }

    /** What the replicas said to the current phase, or when they were asked last. */
    Map<NodeId, String> said() {
        QuorumCall last = call;
        if (last == null) {
            return context.failures().nobodyAsked();
        }
        Map<NodeId, String> said = last.said();
        List<NodeId> replicas = replication().replicas();
        for (int i = 0; i < replicas.size(); i++) {
            if ((beyondAt & 1L << i) != 0) {
                said.put(
                        replicas.get(i),
                        "refused: for this key it has promised more than this node's clock may follow: a clock is wrong, or"
                                + " was, or a node meant harm; check the clocks, and have all replicas running; if that is no"
                                + " help, stop the cluster and free the key by io.coterie.consistency.RepairBallots");
            } else if ((refusedBy & 1L << i) != 0) {
                said.put(replicas.get(i), "refused: another node changed the key first");
            }
        }
        if (unreadable != null) {
            said.putAll(unreadable.problems());
        }
        return said;
    }

    /** Why the batch is not at its end. */
    private String why() {
        FunctionCall called = functions;
        if (called == null) {
            return whatIsMissing();
        }
        return called.begun
                ? "called its function, which did not return in time, within " + millisOf(called) + " ms: " + OWN_KEY
                : "could not call its function in time, as the executor was busy with others: let functions return sooner,"
                        + " or give the node a larger executor";
    }

    /** Why what waits behind the batch is not at its end. */
    private String whyOthersWait() {
        FunctionCall called = functions;
        return called != null && called.begun
                ? "waited for the function of another update of its key at this node, which did not return within "
                        + millisOf(called) + " ms: " + OWN_KEY
                : "waited in vain behind others on its key, whose round " + why();
    }

    /** How an operation ends whose time is over: one of the batch, or one that waits behind it. */
    public final RuntimeException expired(StrongOperation operation) {
        boolean hasBegun = batch.operations().contains(operation);
        if (!hasBegun && !replication().hasMajority()) {
            return context.failures().notBegun(operation);
        }
        if (!operation.mayBeApplied() && isTurnedAway()) {
            return context.failures().turnedAway(operation, said());
        }
        return context.failures().unfinished(operation, hasBegun ? why() : whyOthersWait(), said());
    }

    private long millisOf(FunctionCall called) {
        return TimeUnit.NANOSECONDS.toMillis(now() - called.calledAt);
    }

    String whatIsMissing() {
        if (unreadable != null && unreadable.waiting() > 0) {
            return "found a state that cannot be read, and no majority of other replicas";
        }
        if (beyondAt != 0) {
            return "was refused by replicas that have promised more for its key than this node's clock may follow, and met no"
                    + " majority of others in time";
        }
        String rounds = batch.conflicts() + (batch.conflicts() == 1 ? " round" : " rounds");
        if (answers >= majority) {
            return refusals == 0
                    ? "did not come to its end in time"
                    : "was refused until its time was over: other nodes changed its key first, in " + rounds;
        }
        return batch.conflicts() == 0
                ? "met no majority in time"
                : "met no majority in the time that was left after other nodes had changed its key first, in " + rounds;
    }

    /**
     * Goes on with the batch of another round: until it asks replicas itself, what they said to
     * that one counts.
     */
    public final void follow(Round before) {
        call = before.call;
        refusedBy = before.refusedBy;
        unreadable = before.unreadable;
        beyondAt = before.beyondAt;
        beyondClock = before.beyondClock;
    }

    /**
     * Whether those alone who turned the current phase away, as they had too much to do, keep it
     * from its majority.
     */
    boolean isTurnedAway() {
        QuorumCall current = call;
        return current != null
                && current.overloaded() > replication().replicas().size() - majority;
    }

    final Replication replication() {
        return context.replication();
    }

    final NodeLoad load() {
        return replication().load();
    }

    final long now() {
        return replication().world().clock().nanos();
    }

    /** Until when replicas are asked again: the last deadline of the batch. */
    final long deadline() {
        List<StrongOperation> operations = batch.operations();
        long last = operations.get(0).deadline;
        for (int i = 1; i < operations.size(); i++) {
            long next = operations.get(i).deadline;
            last = next - last > 0 ? next : last;
        }
        return last;
    }

    /**
     * Leaves the current phase, if any, and enters one that asks all replicas to take a state; its
     * number tells whether it is still the current one.
     */
    final int enterPhase(byte[] state) {
        return enterPhase(true, state.length);
    }

    /** The same, for a phase that asks for a promise. */
    final int enterPhase() {
        return enterPhase(true, load().usualBytes());
    }

    /** The same, for a phase that replicas write nothing for. */
    final int enterReadPhase() {
        return enterPhase(false, load().usualBytes());
    }

    private int enterPhase(boolean writing, int bytes) {
        leavePhase();
        inFlight = load().begin(bytes);
        writes = writing;
        refusedBy = 0;
        unreadable = null;
        beyondAt = 0;
        tooFarAheadFor = 0;
        followsMinority = false;
        tooLargeFor = 0;
        measured = context.backoff().wantsMeasure();
        phaseBegan = measured ? now() : 0;
        answers = 0;
        refusals = 0;
        return phase;
    }

    /** The same, for a phase that asks no replicas. */
    final int enterPhaseAside() {
        leavePhase();
        return phase;
    }

    final boolean isCurrent(int number) {
        return phase == number;
    }

    /**
     * The request of a phase is on its way. The phase may have been left by then, where the answers
     * that came at once were enough.
     */
    final void asked(int number, QuorumCall request) {
        if (isCurrent(number)) {
            call = request;
        } else {
            request.cancel();
        }
    }

    /** Runs the task after a while, if the phase is still the current one then. */
    final void later(long nanos, Runnable task) {
        int number = phase;
        timer = replication().world().scheduler().schedule(nanos, () -> {
            if (isCurrent(number)) {
                task.run();
            }
        });
    }

    /** Has functions called in the current phase, off the loop. */
    final void callFunctions(Runnable task) {
        FunctionCall called = new FunctionCall(now());
        functions = called;
        try {
            context.runUserCode(() -> {
                called.begun = true;
                task.run();
            });
        } catch (RejectedExecutionException e) {
            throw e;
        } catch (Throwable e) {
            // It has no memory for a thread, or is a user's that throws what it likes.
            throw new RejectedExecutionException("the executor threw " + e, e);
        }
        key.functionsCalled();
    }

    /** Whether functions are called, or wait for the executor. */
    public final boolean isInUserCode() {
        return functions != null;
    }

    /** A replica answered the current phase, whatever it said. Returns how many have. */
    final int heard(NodeId replica) {
        context.homes().heard(replica);
        answers++;
        if (answers == majority) {
            if (inFlight > 0) {
                load().answered(inFlight);
                inFlight = 0;
            }
            key.progressed();
            if (measured) {
                context.backoff().measured(phaseBegan, now(), writes);
            }
        }
        return answers;
    }

    /**
     * A replica has promised a higher ballot: another node changes the key, too. The phase may yet
     * get its majority from the others. If it cannot, or does not within a random time, which grows
     * with each conflict, the batch goes to the key's home, where the batches of all nodes are
     * merged; or it is tried again here, where this node is the home itself, or the home is not to
     * be had.
     */
    final void conflict(NodeId replica, Ballot promised) {
        long bit = 1L << replication().replicas().indexOf(replica);
        if (!replication().ballotClock().observe(promised.counter())) {
            beyondClock = beyondAt == 0 ? promised : Ballot.max(beyondClock, promised);
            beyondAt |= bit;
        }
        refusals++;
        refusedBy |= bit;
        batch.dropEnded();
        if (timer == null) {
            batch.countConflict();
            key.contended(now());
            int conflicts = key.isHome() ? Math.min(batch.conflicts(), MAX_CONFLICTS_OF_HOME) : batch.conflicts();
            pause(conflicts);
        }
        if (refusals > replication().replicas().size() - majority && key.canForward(batch)) {
            goOn();
        }
    }

    /**
     * Whether the state of an answer to the current phase can be read. An answer whose state cannot
     * is set aside.
     */
    final boolean isReadable(NodeId replica, Ballot accepted, byte @Nullable [] state) {
        if (state == null || RegisterState.isState(state)) {
            return true;
        }
        UnreadableStates aside = unreadable;
        if (aside == null) {
            aside = new UnreadableStates(key);
            unreadable = aside;
        }
        aside.add(replica, accepted, state);
        return false;
    }

    /**
     * The next answer that was set aside and counts, as a state of that ballot was read; null if
     * there is none.
     */
    final Map.@Nullable Entry<NodeId, Ballot> nextSetAside(Ballot read) {
        return unreadable == null ? null : unreadable.next(read);
    }

    /**
     * Ends the batch where all replicas have answered, and too many with states that cannot be
     * read.
     */
    final void endIfUnreadable() {
        UnreadableStates aside = unreadable;
        if (aside == null || aside.waiting() == 0 || refusals > 0) {
            return;
        }
        if (answers + aside.waiting() == replication().replicas().size()) {
            String why = whatIsMissing();
            Map<NodeId, String> said = said();
            for (StrongOperation operation : List.copyOf(batch.operations())) {
                if (operation.isForwarded()) {
                    // Its origin finds out for itself.
                    operation.complete(Result.APPLIED);
                } else {
                    operation.fail(context.failures().unfinished(operation, why, said));
                }
            }
            abandon();
            key.roundOver(this);
        }
    }

    /**
     * Whether promises that this node's clock must not follow kept the last phase from its
     * majority. Then the key is changed with ballots of its own, as far as replicas take those:
     * other keys are not to follow. Where a minority alone has promised so much, the others are
     * enough; unless some of them are away, or it is this node's clock that is behind.
     */
    final boolean isBeyondClock() {
        return isNoMajorityWithout(beyondAt) || (beyondAt != 0 && batch.conflicts() > 1 && !batch.staysWithinClock());
    }

    /** Whether it is a minority alone that has promised so much. */
    final boolean isBeyondAtMinority() {
        return !isNoMajorityWithout(beyondAt);
    }

    /**
     * The current phase has a ballot above what a minority alone has promised: the others may
     * refuse it as too far ahead.
     */
    final void followMinority() {
        followsMinority = true;
    }

    /** The highest of these promises. */
    final Ballot beyondClock() {
        return beyondClock;
    }

    private boolean isNoMajorityWithout(long replicas) {
        return Long.bitCount(replicas) > replication().replicas().size() - majority;
    }

    /**
     * A replica refused the current phase, as its ballot is too far ahead of the replica's clock.
     */
    final void tooFarAhead(int number, NodeId replica) {
        if (isCurrent(number)) {
            tooFarAheadFor |= 1L << replication().replicas().indexOf(replica);
            replication().suspectClocks();
            endIfTooFarAhead();
        }
    }

    /**
     * Those that refused are too many: the batch is tried again once the clocks of the replicas
     * were compared with this node's, and ends if that is no help. A key whose promises are far
     * apart is not to be had until all replicas are.
     */
    final void endIfTooFarAhead() {
        if (tooFarAheadFor == 0 || timer != null || !isNoMajorityWithout(tooFarAheadFor | beyondAt)) {
            return;
        }
        if (followsMinority) {
            batch.stayWithinClock();
            pause(batch.conflicts());
            return;
        }
        int refused = batch.countTooFarAhead();
        boolean settled = isSettled();
        if (refused <= MAX_TOO_FAR_AHEAD) {
            pause(refused);
        } else if (settled) {
            Map<NodeId, String> said = said();
            for (StrongOperation operation : List.copyOf(batch.operations())) {
                if (operation.isForwarded()) {
                    operation.complete(Forwarded.notDone(operation.mayBeApplied()));
                } else {
                    operation.fail(context.failures().tooFarAhead(operation, said));
                }
            }
            abandon();
            key.roundOver(this);
        }
    }

    /**
     * A message of the phase is over a limit: the batch ends once those that are left are no
     * majority.
     */
    final void tooLarge(int number, NodeId replica) {
        if (isCurrent(number)) {
            tooLargeFor |= 1L << replication().replicas().indexOf(replica);
            endIfTooLarge();
        }
    }

    /**
     * Whether a message of the current phase is over the limit of that replica, or of this node.
     */
    final boolean isTooLargeFor(NodeId replica) {
        return (tooLargeFor & 1L << replication().replicas().indexOf(replica)) != 0;
    }

    /**
     * Whether a replica may have done what the current phase asks for, or still may, and has not
     * said so.
     */
    final boolean mayBeDone() {
        QuorumCall current = call;
        return current == null || current.maybeExecuted();
    }

    /**
     * Whether it is known what became of the operations, now that a message is over the limit of
     * too many replicas.
     */
    boolean isSettled() {
        return true;
    }

    final void endIfTooLarge() {
        if (isNoMajorityWithout(tooLargeFor) && isSettled()) {
            Map<NodeId, String> said = said();
            List.copyOf(batch.operations())
                    .forEach(operation -> operation.fail(context.failures().tooLarge(operation, said)));
            abandon();
            key.roundOver(this);
        }
    }

    /** The batch is at its end. */
    final void finish(Batch.Attempt attempt) {
        leavePhase();
        load().roundEnded(batch.operations().size());
        batch.complete(attempt);
        key.roundOver(this);
    }

    /** The batch is at its end, and does nothing but read. */
    final void finish(Result read) {
        leavePhase();
        load().roundEnded(batch.operations().size());
        batch.complete(read);
        key.roundOver(this);
    }

    /**
     * Goes on after a random pause. It ends sooner where round trips become shorter meanwhile: a
     * pause that was drawn while there was too much to do must not outlast that.
     *
     * @param times how often the batch was in others' way, or refused
     */
    final void pause(int times) {
        pause(now(), context.backoff().draw(times, replication().world().random()), times);
    }

    private void pause(long began, long drawn, int times) {
        long left = Math.min(drawn, context.backoff().longestNanos(times)) - (now() - began);
        later(Math.min(Math.max(1, left), MAX_PAUSE_UNSEEN_NANOS), () -> {
            if (left <= MAX_PAUSE_UNSEEN_NANOS) {
                goOn();
            } else {
                pause(began, drawn, times);
            }
        });
    }

    /** Goes on after a pause, at the home of the key if it may. */
    final void goOn() {
        if (tooFarAheadFor != 0 && !followsMinority) {
            replication().ballotClock().startOver();
        }
        batch.dropEnded();
        if (key.canForward(batch)) {
            key.continueAtHome(this);
        } else {
            again();
        }
    }

    private void leavePhase() {
        phase++;
        if (inFlight > 0) {
            load().givenUp(inFlight);
            inFlight = 0;
        }
        functions = null;
        if (call != null) {
            call.cancel();
        }
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
