package io.coterie.consistency.internal.rules;

import io.coterie.consistency.internal.pending.StrongOperation;
import io.coterie.consistency.internal.register.BatchOutcome;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.ScanAnswer;
import io.coterie.replication.spi.StateAnswer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules that the safety of strong stores rests on, each with its reason. They stand in one
 * place so that a reviewer finds them, and so that a test can break one at a time and see that it
 * is caught.
 *
 * <p>A key is a register that is changed by consensus without a log (Rystsov, CASPaxos, 2018): a
 * coordinator has a majority promise a ballot, learns the state, and has a majority accept what it
 * makes of it. A state is <em>chosen</em> once a majority has accepted it with one ballot. All
 * rules serve two sentences: each chosen state is made from the chosen state before it, and nobody
 * is told anything that does not follow from a chosen state. What replicas must not forget is in
 * their own rules.
 *
 * <p>Whatever else a strong store does may be late, or be done twice or not at all: that costs time
 * and nothing more.
 *
 * <p>Stateless. Used on the loop only.
 */
public class ConsensusRules {
    public static final ConsensusRules CORRECT = new ConsensusRules();

    /**
     * How many replicas must promise a ballot before a state is proposed with it. Each majority
     * shares a replica with every other: one of those that promise has accepted whatever was chosen
     * below the ballot, and tells of it (Lamport, Paxos Made Simple, 2001, section 2.2).
     */
    public int promises(int majority) {
        return majority;
    }

    /**
     * How many replicas must accept a state for it to be chosen: so many that no later majority of
     * promises misses it.
     */
    public int acceptances(int majority) {
        return majority;
    }

    /**
     * How many replicas must answer a read: so many that one of them has accepted what was chosen
     * before the read began.
     */
    public int readAnswers(int majority) {
        return majority;
    }

    /** How many replicas must answer for a page of a scan, for the same reason. */
    public int pageAnswers(int majority) {
        return majority;
    }

    /** What counts of the answers for a page: all of it. */
    public List<ScanAnswer> page(List<ScanAnswer> answers) {
        return answers;
    }

    /**
     * Whether so many replicas that have the same ballot for a key of a page prove that its state
     * is chosen.
     */
    public boolean isChosenInPage(int agreeing, int majority) {
        return agreeing == majority;
    }

    /**
     * Whether so many replicas that report one ballot to a watch prove that its state is chosen.
     */
    public boolean isChosenForWatch(int replicas, int majority) {
        return replicas >= majority;
    }

    /**
     * Whether a read has to write back the state of the highest ballot where replicas disagree,
     * before it is believed. It may be on a minority only, and the next read may miss it (Attiya,
     * Bar-Noy, Dolev, Sharing Memory Robustly, 1995, section 3). That goes for an absence, too.
     */
    public boolean mustWriteBack(byte @Nullable [] state) {
        return true;
    }

    /**
     * Of two states that promises tell of, the one to go on from is that of the higher ballot: only
     * that one may be chosen.
     */
    public boolean isNewer(Ballot accepted, Ballot than) {
        return accepted.isAbove(than);
    }

    /**
     * The state to go on from, as promises tell of it. Where there is none, the key may have been
     * deleted and forgotten: its floor is above all that is forgotten, and bounds what the absence
     * can prove.
     */
    public RegisterState learned(Batch batch, byte @Nullable [] state, Ballot floor) {
        return state == null ? RegisterState.absent(floor.counter()) : RegisterState.decode(state);
    }

    /**
     * Whether a replica needs no state beside its ballot: it has none, or that of another replica
     * is as new.
     */
    public boolean needsNoState(Ballot ballot, Ballot highest, byte @Nullable [] known) {
        return !ballot.isAbove(highest);
    }

    /**
     * An answer that came without its state, with it. One ballot stands for one state, so it is
     * what another replica sent for that ballot; an answer below it needs none, as nobody looks at
     * its state.
     */
    public <A extends StateAnswer<A>> A completed(A answer, Ballot highest, byte @Nullable [] known) {
        return answer.accepted().equals(highest) ? answer.withState(known) : answer;
    }

    /**
     * A ballot for one proposal. It is never used again, by any node or any start of this one, and
     * is above all seen here.
     */
    public Ballot nextBallot(BallotClock clock) {
        return clock.next();
    }

    /**
     * The ballot to propose with, without asking first, upon what is held: the one that a majority
     * promised along with it.
     */
    public Ballot promisedBallot(CachedPromise cached, BallotClock clock) {
        return cached.ballot();
    }

    /**
     * Whether a replica that has accepted a state says that it has promised the next ballot along
     * with it, and nothing above that since. Only a majority that says so spares the next round its
     * {@code prepare}.
     */
    public boolean isPromised(Ballot next, AcceptAnswer answer) {
        return answer.promised().equals(next);
    }

    /**
     * A timestamp for one batch: above those of all batches of this node, which a state remembers
     * by the last of them.
     */
    public long nextTimestamp(BallotClock clock) {
        return clock.nextReading();
    }

    /**
     * What the state remembers of this node's operations, null if they are no part of its past. A
     * batch that was sent once may be found there: then it is over, and must not be applied again.
     */
    @Nullable
    public BatchOutcome appliedBefore(Batch batch, RegisterState state) {
        return batch.mayBeApplied() ? state.outcomeOf(batch.origin(), batch.timestamp()) : null;
    }

    /**
     * Whether an attempt must be accepted by a majority before its callers are told of it. Also one
     * that changes nothing: a promise may tell of a state that is never chosen.
     */
    public boolean mustBeAccepted(Batch.Attempt attempt) {
        return true;
    }

    /** What of an attempt is proposed: all of it, as its callers are told how all of it ended. */
    public Batch.Attempt proposal(Batch batch, Batch.Attempt attempt) {
        return attempt;
    }

    /**
     * Whether a refusal proves that nobody has taken a batch, or will. It does not: a minority may
     * have accepted it before.
     */
    public boolean isUntakenAfterRefusal() {
        return false;
    }

    /** Whether silence of a key's home proves that. It does not: the answer may be lost. */
    public boolean isUntakenAfterSilence() {
        return false;
    }

    /**
     * Whether an operation that cannot be brought to its end may have been applied: as soon as it
     * was sent to anyone.
     */
    public boolean mayBeApplied(StrongOperation operation) {
        return operation.mayBeApplied();
    }

    /**
     * Whether nothing can have come between what a watch was told last of a key and this state,
     * which is chosen: it was made from that, or is the first after a proven absence.
     *
     * @param seen the version that was told last
     * @param isAbsent whether the key had no value then, and all replicas' reports since have come
     */
    public boolean follows(RegisterState next, Ballot seen, boolean isAbsent) {
        return next.parent().equals(seen) || (next.parent().equals(Ballot.NONE) && isAbsent);
    }

    /**
     * Whether a watch must read what it watches after a replica has not reported all: what is
     * missing may have been chosen.
     */
    public boolean mustReadAfterGap(boolean wasRead) {
        return true;
    }
}
