package io.coterie.consistency.internal.rules;

import io.coterie.consistency.internal.pending.StrongOperation;
import io.coterie.consistency.internal.register.BatchOutcome;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.ScanAnswer;
import io.coterie.replication.spi.StateAnswer;
import io.coterie.replication.spi.Voters;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules that the safety of strong stores rests on, each with its reason. They stand in one
 * place so that a reviewer finds them, and so that a test can break one at a time and see that it
 * is caught.
 *
 * <p>A key is a register that is changed by consensus without a log: a coordinator has a majority
 * promise a ballot, learns the state, and has a majority accept what it makes of it. A state is
 * <em>chosen</em> once a majority has accepted it with one ballot. All rules serve two sentences.
 * First: each chosen state is made from the chosen state before it. Second: nobody gets a result
 * that does not follow from a chosen state. What replicas must not forget is in their own rules.
 *
 * <p>Whatever else a strong store does may be late, or be done twice or not at all: that costs time
 * and nothing more.
 *
 * <p>Sources, as cited below:
 * <ul>
 *     <li>CASPaxos: Rystsov, CASPaxos: Replicated State Machines without logs, 2018
 *     <li>Paxos: Lamport, Paxos Made Simple, 2001
 *     <li>Flexible Paxos: Howard, Malkhi, Spiegelman, Flexible Paxos: Quorum Intersection Revisited,
 *         2016
 *     <li>ABD: Attiya, Bar-Noy, Dolev, Sharing Memory Robustly in Message-Passing Systems, 1995
 *     <li>Linearizability: Herlihy, Wing, Linearizability: A Correctness Condition for Concurrent
 *         Objects, 1990
 *     <li>Sessions: Ongaro, Consensus: Bridging Theory and Practice, 2014
 *     <li>FLP: Fischer, Lynch, Paterson, Impossibility of Distributed Consensus with One Faulty
 *         Process, 1985
 * </ul>
 *
 * <p>Stateless. Used on the loop only.
 */
public class ConsensusRules {
    public static final ConsensusRules CORRECT = new ConsensusRules();

    /**
     * Whether enough replicas have promised a ballot for a state to be proposed with it: a prepare
     * quorum. It shares a replica with every accept quorum: one of those that promise has accepted
     * whatever was chosen below the ballot, and reports it (Paxos, section 2.2; Flexible Paxos,
     * section 4).
     *
     * @param replicas a bit for each, as in all of these rules
     */
    public boolean isPromised(Voters voters, long replicas) {
        return voters.isPrepareQuorum(replicas);
    }

    /**
     * Whether enough replicas have accepted a state for it to be chosen: an accept quorum, so that no
     * later quorum of promises misses it (Paxos, section 2.2; Flexible Paxos, section 4).
     */
    public boolean isAccepted(Voters voters, long replicas) {
        return voters.isAcceptQuorum(replicas);
    }

    /**
     * Whether enough replicas have answered a read: a prepare quorum, so that one of them has accepted
     * what was chosen before the read began (ABD, section 3). And an accept quorum, so that they can
     * prove what they agree on chosen.
     */
    public boolean isRead(Voters voters, long replicas) {
        return voters.isReadQuorum(replicas);
    }

    /**
     * Whether enough replicas have answered for a page of a scan: as for a read, for each of its
     * keys (ABD, section 3).
     */
    public boolean isPageRead(Voters voters, long replicas) {
        return voters.isReadQuorum(replicas);
    }

    /**
     * The answers that count for a page: all of them, in their order. A key that is left out may be
     * one that was chosen (ABD, section 3).
     */
    public List<ScanAnswer> page(List<ScanAnswer> answers) {
        return answers;
    }

    /**
     * Whether the replicas that have the same ballot for a key of a page prove that its state is
     * chosen (Paxos, section 2.3).
     */
    public boolean isChosenInPage(Voters voters, long agreeing) {
        return voters.isAcceptQuorum(agreeing);
    }

    /**
     * Whether the replicas that have one ballot for a key prove that its state is chosen: those
     * that report it to a watch, or those of a quorum that a watch reads. An absence counts as a
     * state with the ballot {@link Ballot#NONE} (Paxos, section 2.3).
     */
    public boolean isChosenForWatch(Voters voters, long replicas) {
        return voters.isAcceptQuorum(replicas);
    }

    /**
     * Whether a read has to write back the state of the highest ballot where replicas disagree,
     * before it is believed. It may be on a minority only, and the next read may miss it (ABD,
     * section 3). That is so for an absence, too.
     */
    public boolean mustWriteBack(byte @Nullable [] state) {
        return true;
    }

    /**
     * Of two states that promises report, the one to continue from is that of the higher ballot:
     * only that one may be chosen (Paxos, section 2.2, P2c).
     */
    public boolean isNewer(Ballot accepted, Ballot than) {
        return accepted.isAbove(than);
    }

    /**
     * The state to continue from, as promises report it. Where there is none, the key may have been
     * deleted and forgotten: its floor is above all that is forgotten, and bounds what the absence
     * can prove (CASPaxos, section 3.1, where ages of proposers do what floors do here).
     */
    public RegisterState learned(Batch batch, byte @Nullable [] state, Ballot floor) {
        return state == null ? RegisterState.absent(floor.counter()) : RegisterState.decode(state);
    }

    /**
     * Whether an answer needs no state beside its ballot: its replica has none, or the state of
     * another replica is as new. Only the state of the highest ballot is used (Paxos, section 2.2,
     * P2c).
     */
    public boolean needsNoState(Ballot ballot, Ballot highest, byte @Nullable [] known) {
        return !ballot.isAbove(highest);
    }

    /**
     * An answer that came without its state, with it. One ballot stands for one state, so it is
     * what another replica sent for that ballot; an answer below it needs none, as nobody looks at
     * its state (Paxos, section 2.2: different proposals have different numbers).
     */
    public <A extends StateAnswer<A>> A completed(A answer, Ballot highest, byte @Nullable [] known) {
        return answer.accepted().equals(highest) ? answer.withState(known) : answer;
    }

    /**
     * A ballot for one proposal. It is never used again, by any node or any start of this one, and
     * is above all seen here (Paxos, section 2.5).
     */
    public Ballot nextBallot(BallotClock clock) {
        return clock.next();
    }

    /**
     * The ballot to propose with, without asking first, upon a cached state: the one that a
     * majority promised along with it (CASPaxos, section 2.2.1).
     */
    public Ballot promisedBallot(CachedPromise cached, BallotClock clock) {
        return cached.ballot();
    }

    /**
     * Whether a replica that has accepted a state answers that it has promised the next ballot
     * along with it, and nothing above that since. Only a quorum of such answers spares the next
     * round its {@code prepare} (CASPaxos, section 2.2.1).
     */
    public boolean isPromised(Ballot next, AcceptAnswer answer) {
        return answer.promised().equals(next);
    }

    /**
     * Whether enough replicas have promised the next ballot along with a state, and nothing above it
     * since: a prepare quorum, as for any ballot. An accept quorum is not enough. A write-back or a
     * copy may have brought a replica the state before the request came. In between it may have
     * promised a ballot below the next one, with which another accept quorum took something else
     * (Flexible Paxos, section 4; CASPaxos, section 2.2.1).
     */
    public boolean isNextPromised(Voters voters, long replicas) {
        return isPromised(voters, replicas);
    }

    /**
     * A timestamp for one batch: above those of all batches of this node, which a state remembers
     * by the last of them (Sessions, section 6.3, whose serial numbers these are).
     */
    public long nextTimestamp(BallotClock clock) {
        return clock.nextReading();
    }

    /**
     * The outcome that the state remembers of this node's operations, null if they are no part of
     * its past. A batch that was sent once may be found there: then it is over, and must not be
     * applied again (Sessions, section 6.3).
     */
    @Nullable
    public BatchOutcome appliedBefore(Batch batch, RegisterState state) {
        return batch.mayBeApplied() ? state.outcomeOf(batch.origin(), batch.timestamp()) : null;
    }

    /**
     * Whether an attempt must be accepted by a majority before its callers get their results. Also
     * one that changes nothing: a promise may report a state that is never chosen (CASPaxos,
     * section 2.2, where a read is a change, too).
     */
    public boolean mustBeAccepted(Batch.Attempt attempt) {
        return true;
    }

    /**
     * The part of an attempt that is proposed: all of it, as its callers get the results of all of
     * it (CASPaxos, section 2.2: an answer is sent for the state that was accepted).
     */
    public Batch.Attempt proposal(Batch batch, Batch.Attempt attempt) {
        return attempt;
    }

    /**
     * Whether a refusal proves that nobody has taken a batch, or will. It does not: a minority may
     * have accepted it before, and a later round may continue from that (Paxos, section 2.2, P2c).
     */
    public boolean isUntakenAfterRefusal() {
        return false;
    }

    /**
     * Whether silence of a key's home proves that nobody has taken a batch, or will. It does not:
     * the answer may be lost, or the home be slow (FLP, section 1).
     */
    public boolean isUntakenAfterSilence() {
        return false;
    }

    /**
     * Whether an operation that cannot be brought to its end may have been applied: as soon as it
     * was sent to anyone (Linearizability, section 2.2: a call without an answer may have taken
     * effect).
     */
    public boolean mayBeApplied(StrongOperation operation) {
        return operation.mayBeApplied();
    }

    /**
     * Whether nothing can have come between the state that a watch reported last of a key and this
     * state, which is chosen: it was made from that, or is the first after a proven absence. This
     * is the first of the two sentences above, read backwards (CASPaxos, section 2.2).
     *
     * @param seen the version that was reported last
     * @param isAbsent whether the key had no value then, and all replicas' reports since have come
     */
    public boolean follows(RegisterState next, Ballot seen, boolean isAbsent) {
        return next.parent().equals(seen) || (next.parent().equals(Ballot.NONE) && isAbsent);
    }

    /**
     * Whether a watch must read what it watches after a replica has not reported all: what is
     * missing may have been chosen, and only a majority's answers show it (ABD, section 3).
     */
    public boolean mustReadAfterGap(boolean wasRead) {
        return true;
    }
}
