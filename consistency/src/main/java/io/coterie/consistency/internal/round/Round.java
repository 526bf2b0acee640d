package io.coterie.consistency.internal.round;

import io.coterie.consistency.Result;
import io.coterie.consistency.internal.pending.StrongOperation;
import io.coterie.consistency.internal.register.Forwarded;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.register.UnreadableStates;
import io.coterie.consistency.internal.rules.Batch;
import io.coterie.replication.spi.Ballot;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings one batch of one key to its end: a chain of {@linkplain RoundPhases phases}. Where {@link
 * RoundAnswers} keep a phase from its majority, it decides whether the batch waits, continues at
 * the home of the key, or ends.
 */
public abstract class Round extends RoundAnswers {
    /**
     * Nodes that wait for a home avoid it if it pauses for long. So the others make way, and not
     * the home.
     */
    private static final int MAX_CONFLICTS_OF_HOME = 2;

    /**
     * How often a batch is tried again whose ballot was too far ahead: to compare clocks takes one
     * round trip.
     */
    private static final int MAX_TOO_FAR_AHEAD = 4;

    /** A longer pause is computed again after that time, as round trips may be shorter by then. */
    private static final long MAX_PAUSE_UNSEEN_NANOS = Duration.ofMillis(50).toNanos();

    final RoundKey key;

    Round(RoundContext context, RoundKey key, Batch batch) {
        super(context, key.store(), batch);
        this.key = key;
    }

    public abstract void start();

    /** Continues after a conflict. */
    abstract void again();

    /** Begins again at the first phase, without anything that was answered before. */
    abstract void restart();

    /**
     * The replicas are others: what was answered counts no longer. That is no conflict, and needs
     * no pause. After a pause that continues, the round asks the new ones anyway.
     */
    final void votersChanged(int number) {
        if (isCurrent(number) && timer == null) {
            batch.dropEnded();
            restart();
        }
    }

    /**
     * Continues with the batch of another round: until this one asks replicas itself, what they
     * answered to that one counts.
     */
    public final void follow(Round before) {
        takeAnswersOf(before);
    }

    /** A replica answered the current phase, with whatever answer. */
    final void heard(NodeId replica, long bit) {
        if (countAnswer(replica, bit)) {
            key.progressed();
        }
    }

    /** Has functions called in the current phase, off the loop, and other reads begun meanwhile. */
    final void callFunctions(Runnable task) {
        startFunctions(task);
        key.functionsCalled();
    }

    /**
     * A replica has promised a higher ballot: another node changes the key, too. The phase may yet
     * get its majority from the others. If it cannot, or does not within a random time, which grows
     * with each conflict, the batch goes to the key's home, where the batches of all nodes are
     * merged; or it is tried again here, where this node is the home itself, or no home is
     * available.
     */
    final void conflict(NodeId replica, Ballot promised) {
        refused(replica, promised);
        batch.dropEnded();
        if (timer == null) {
            batch.countConflict();
            key.contended(now());
            int conflicts = key.isHome() ? Math.min(batch.conflicts(), MAX_CONFLICTS_OF_HOME) : batch.conflicts();
            pause(conflicts);
        }
        if (isNoQuorumWithout(refusedBy) && key.canForward(batch)) {
            resume();
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
     * Ends the batch where all replicas have answered, and too many with states that cannot be
     * read.
     */
    final void endIfUnreadable() {
        UnreadableStates aside = unreadable;
        if (aside == null || aside.waiting() == 0 || refusals > 0) {
            return;
        }
        if (Long.bitCount(answered) + aside.waiting() == voters.replicas().size()) {
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
     * A replica refused the current phase, as its ballot is too far ahead of the replica's clock.
     */
    final void tooFarAhead(int number, NodeId replica) {
        if (isCurrent(number)) {
            tooFarAheadFor |= bit(replica);
            replication().suspectClocks();
            endIfTooFarAhead();
        }
    }

    /**
     * Too many have refused: the batch is tried again once the clocks of the replicas were compared
     * with this node's, and ends if that does not help. A key whose promises are far apart cannot
     * be changed until all replicas answer.
     */
    final void endIfTooFarAhead() {
        if (tooFarAheadFor == 0 || timer != null || !isNoQuorumWithout(tooFarAheadFor | beyondAt)) {
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
            tooLargeFor |= bit(replica);
            endIfTooLarge();
        }
    }

    /**
     * Whether it is known what became of the operations, now that a message is over the limit of
     * too many replicas.
     */
    boolean isSettled() {
        return true;
    }

    final void endIfTooLarge() {
        if (isNoQuorumWithout(tooLargeFor) && isSettled()) {
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
     * Continues after a random pause. It ends sooner where round trips become shorter meanwhile: a
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
                resume();
            } else {
                pause(began, drawn, times);
            }
        });
    }

    /** Continues after a pause, at the home of the key if it may. */
    final void resume() {
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
}
