package io.coterie.consistency.internal.round;

import io.coterie.consistency.internal.pending.StrongOperation;
import io.coterie.consistency.internal.register.UnreadableStates;
import io.coterie.consistency.internal.rules.Batch;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.rpc.node.NodeId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The answers that keep the current phase of a round from its majority: refusals, and states that
 * cannot be read. And how they read in the errors of operations.
 */
abstract class RoundAnswers extends RoundPhases {
    private static final String OWN_KEY =
            "let it return sooner; one that waits for a change of its own key, be it by another thread, waits for itself";

    int refusals;

    /**
     * A bit for each replica that refused the current phase or, if that asks nobody, the last one
     * that did.
     */
    long refusedBy;

    /**
     * The answers to the current phase, or to the last one that asked, that cannot be read; null
     * for none.
     */
    @Nullable
    UnreadableStates unreadable;

    /**
     * A bit for each replica that refused the current phase because of a promise that this node's
     * clock must not follow.
     */
    long beyondAt;

    /** The highest of these promises. */
    private Ballot beyondClock = Ballot.NONE;

    /** A bit for each replica for whose clock the ballot of the current phase is too far ahead. */
    long tooFarAheadFor;

    /**
     * Whether the ballot of the current phase is above what a minority has promised beyond the
     * clock.
     */
    boolean followsMinority;

    /** A bit for each replica for whose messages of the current phase there is too low a limit. */
    long tooLargeFor;

    RoundAnswers(RoundContext context, long store, Batch batch) {
        super(context, store, batch);
    }

    /** The answers of the replicas to the current phase, or to the last one that asked them. */
    Map<NodeId, String> said() {
        QuorumCall last = call;
        if (last == null) {
            return context.failures().nobodyAsked();
        }
        Map<NodeId, String> said = last.said();
        List<NodeId> replicas = voters.replicas();
        for (int i = 0; i < replicas.size(); i++) {
            if ((beyondAt & 1L << i) != 0) {
                said.put(
                        replicas.get(i),
                        "refused: for this key it has promised more than this node's clock may follow: a clock is or"
                                + " was wrong, or a node is malicious; check the clocks, and have all replicas running; if that"
                                + " does not help, stop the cluster and free the key by io.coterie.consistency.RepairBallots");
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
        if (!hasBegun && !context.hasQuorums()) {
            return context.failures().notBegun(operation);
        }
        if (!operation.mayBeApplied() && isRefusedForLoad()) {
            return context.failures().overloaded(operation, said());
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
        if (isEnough(answered)) {
            return refusals == 0
                    ? "did not come to its end in time"
                    : "was refused until its time was over: other nodes changed its key first, in " + rounds;
        }
        return batch.conflicts() == 0
                ? "met no " + voters.quorumInWords() + " in time"
                : "met no " + voters.quorumInWords()
                        + " in the time that was left after other nodes had changed its key first, in " + rounds;
    }

    /** Until this one asks replicas itself, what they answered to another one counts. */
    final void takeAnswersOf(RoundAnswers before) {
        voters = before.voters;
        needed = before.needed;
        answered = before.answered;
        refusals = before.refusals;
        call = before.call;
        refusedBy = before.refusedBy;
        unreadable = before.unreadable;
        beyondAt = before.beyondAt;
        beyondClock = before.beyondClock;
    }

    /**
     * Whether the replicas that refused the current phase because they had too much to do are
     * enough to keep it from its majority.
     */
    boolean isRefusedForLoad() {
        QuorumCall current = call;
        return current != null && isNoQuorumWithout(current.overloaded());
    }

    /**
     * Leaves the current phase, if any, and enters one that asks all replicas to accept a state.
     * Returns the number of the phase, for {@link #isCurrent}.
     */
    final int enterPhase(byte[] state) {
        return enterPhase(Needed.ACCEPT, state.length);
    }

    /** Leaves the current phase, if any, and enters one that asks all replicas for a promise. */
    final int enterPhase() {
        return enterPhase(Needed.PREPARE, load().usualBytes());
    }

    /**
     * Leaves the current phase, if any, and enters one that asks all replicas, which write nothing
     * for it.
     */
    final int enterReadPhase() {
        return enterPhase(Needed.READ, load().usualBytes());
    }

    private int enterPhase(Needed quorum, int bytes) {
        int number = begin(quorum, bytes);
        refusedBy = 0;
        unreadable = null;
        beyondAt = 0;
        tooFarAheadFor = 0;
        followsMinority = false;
        tooLargeFor = 0;
        refusals = 0;
        return number;
    }

    /** A replica refused the current phase because of a promise. */
    final void refused(NodeId replica, Ballot promised) {
        long bit = bit(replica);
        if (!replication().ballotClock().observe(promised.counter())) {
            beyondClock = beyondAt == 0 ? promised : Ballot.max(beyondClock, promised);
            beyondAt |= bit;
        }
        refusals++;
        refusedBy |= bit;
    }

    /**
     * The next answer that was set aside and counts, as a state of that ballot was read; null if
     * there is none.
     */
    final Map.@Nullable Entry<NodeId, Ballot> nextSetAside(Ballot read) {
        return unreadable == null ? null : unreadable.next(read);
    }

    /**
     * Whether promises that this node's clock must not follow kept the last phase from its
     * majority. Then the key is changed with ballots of its own, as far as replicas take those:
     * other keys are not to follow. Where a minority alone has promised so much, the others are
     * enough; unless some of them are away, or it is this node's clock that is behind.
     */
    final boolean isBeyondClock() {
        return isNoQuorumWithout(beyondAt) || (beyondAt != 0 && batch.conflicts() > 1 && !batch.staysWithinClock());
    }

    /** Whether it is a minority alone that has promised so much. */
    final boolean isBeyondAtMinority() {
        return !isNoQuorumWithout(beyondAt);
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

    final boolean isNoQuorumWithout(long replicas) {
        return !isEnough(~replicas);
    }

    /**
     * Whether a message of the current phase is over the limit of that replica, or of this node.
     */
    final boolean isTooLargeFor(NodeId replica) {
        return (tooLargeFor & bit(replica)) != 0;
    }

    /**
     * Whether a replica may have done what the current phase asks for, or still may, and has not
     * answered so.
     */
    final boolean mayBeDone() {
        QuorumCall current = call;
        return current == null || current.maybeExecuted();
    }
}
