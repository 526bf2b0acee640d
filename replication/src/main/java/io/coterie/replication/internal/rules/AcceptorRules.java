package io.coterie.replication.internal.rules;

import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.wire.RegisterMethod;
import io.coterie.replication.internal.wire.RegisterMethod.Witness;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.Quorums;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a replica that the safety of strong stores rests on, each with its reason. They
 * stand in one place so that a reviewer finds them. What a coordinator must keep to is in {@code
 * ConsensusRules} of the module above; the page {@code consensus.md} has both sides together.
 *
 * <p>All rules serve one sentence: a replica that has promised a ballot reports all that it has
 * accepted below that ballot, and accepts nothing new below it. A majority of promises therefore
 * shows whatever was chosen below, and settles that nothing else can be chosen there (Lamport,
 * Paxos Made Simple, 2001, section 2.2; Rystsov, CASPaxos, 2018, section 2.2; for any two quorums
 * that share a replica: Howard, Malkhi, Spiegelman, Flexible Paxos, 2016).
 *
 * <p>A replica may refuse whatever it likes: that costs time and nothing more. So the bounds of
 * ballots ({@code BallotBound}) and the checks of requests ({@code RequestChecks}) are no part of
 * this page.
 *
 * <p>Some rules are an order of steps. They stand where the steps are:
 *
 * <ul>
 *   <li><em>A change is durable before anybody learns of it.</em> {@code DurableAnswers.reply}
 *       sends an answer once the journal has forced the position that it depends on. A refusal
 *       reports a promise, and waits in the same way; so does an event of a watch ({@code
 *       Registers}). Otherwise a crash could take back what somebody relies on (Lamport, section
 *       2.5)
 *   <li><em>A replica whose journal has failed answers nothing.</em> {@code DurableAnswers}: its
 *       tables are ahead of its journal, so every answer could report what is lost (Rebello et al.,
 *       Can Applications Recover from fsync Failures?, 2020)
 *   <li><em>A removal and its floor are one entry.</em> {@code JournalEntries.removed}: a crash
 *       between two entries could leave an absent key without its promise
 *   <li><em>Older files go once their content is durable again.</em> {@code Compaction}: until
 *       then a crash finds all of them
 *   <li><em>A start number is durable before another replica learns it.</em> {@code
 *       Replica.whenIdentityIsDurable}: otherwise a start that was cut short would look like an
 *       older copy ever after
 *   <li><em>That a replica votes is durable before it votes.</em> {@code VotingRight.grant}:
 *       otherwise one that was cut short would come back as new
 *   <li><em>A replica asks all others what they remember before it registers.</em> {@code
 *       Registration}: an older copy that registered first would hide the latest directory
 * </ul>
 *
 * <p>Pure functions; the hot path calls them with the numbers that it has at hand.
 */
public final class AcceptorRules {
    private AcceptorRules() {}

    /**
     * Whether a ballot is promised: unless a higher one is promised. A promise never falls, so what
     * was reported with it stays complete (Lamport, section 2.2, P1a). An equal ballot is of the
     * same coordinator, which has the promise already. The promise that an accept carries along
     * follows this rule, too: it is a prepare in the same message (CASPaxos, section 2.2).
     *
     * @param promisedCounter the counter of the promise in force
     * @param promisedProposer its proposer
     */
    public static boolean promises(Ballot ballot, long promisedCounter, long promisedProposer) {
        return ballot.compareTo(promisedCounter, promisedProposer) >= 0;
    }

    /**
     * Whether a state is accepted under a ballot: unless a higher one is promised. Otherwise a
     * coordinator with the higher ballot would have learned less than can be chosen below it
     * (Lamport, section 2.2, P1a). An accept is a promise of its ballot, too, so that the accepted
     * ballot never falls.
     *
     * @param promisedCounter the counter of the promise in force
     * @param promisedProposer its proposer
     */
    public static boolean accepts(Ballot ballot, long promisedCounter, long promisedProposer) {
        return ballot.compareTo(promisedCounter, promisedProposer) >= 0;
    }

    /**
     * Whether a late accept is confirmed nevertheless: if this very ballot is accepted already. A
     * ballot belongs to one state, so nothing changes, and the coordinator with the higher promise
     * has learned of it (Howard, Mortier, A Generalised Solution to Distributed Consensus, 2019: a
     * register of one ballot is written once).
     *
     * @param acceptedCounter the counter of the accepted ballot
     * @param acceptedProposer its proposer
     */
    public static boolean acceptsAgain(Ballot ballot, long acceptedCounter, long acceptedProposer) {
        return ballot.counter() == acceptedCounter && ballot.proposer() == acceptedProposer;
    }

    /**
     * Whether a replica of the next group lacks nothing of a state that a majority of the group
     * before it has accepted: if it has accepted that ballot or a higher one. A higher one belongs
     * to a coordinator that has learned from such a majority, so its state comes after this one
     * (Lamport, section 2.2, P2c). Otherwise the state is accepted as from its coordinator, late
     * and by a detour: {@link #accepts} decides.
     *
     * <p>The promise that comes with it follows {@link #promises}. A majority of the group before
     * may have promised it, and no message below it may be accepted by the next group either.
     *
     * @param acceptedCounter the counter of the accepted ballot
     * @param acceptedProposer its proposer
     */
    public static boolean includes(long acceptedCounter, long acceptedProposer, Ballot transferred) {
        return transferred.compareTo(acceptedCounter, acceptedProposer) <= 0;
    }

    /**
     * The promise of a key without a record: the floor of its store. It is no lower than the
     * promise of any key that was removed. So a message from before a removal is as late as if the
     * record were still there (CASPaxos, section 3.1, where acceptors refuse by the age of
     * proposers; the page {@code consensus.md}, "Deletes").
     */
    public static Ballot promiseOfAbsentKey(Ballot floor) {
        return floor;
    }

    /** The floor of a store after a removal: it only rises, because it is a promise. */
    public static Ballot raisedFloor(Ballot floor, Ballot atLeast) {
        return Ballot.max(floor, atLeast);
    }

    /**
     * Whether the record of a deleted key is removed. The caller knows that all replicas have
     * accepted this tombstone, and the floor is no lower than its ballot. So nobody has an older
     * value, and nobody accepts one from now on (CASPaxos, section 3.1). The record stays
     *
     * <ul>
     *   <li>if another ballot was accepted since: it may be chosen
     *   <li>if it is no tombstone: it is a value
     *   <li>if more is promised than the floor: the promise would be forgotten
     * </ul>
     *
     * @param asked the ballot that all replicas have accepted
     */
    public static boolean isRemoved(Ballot accepted, boolean isTombstone, Ballot promised, Ballot asked, Ballot floor) {
        return accepted.equals(asked) && isTombstone && !promised.isAbove(floor);
    }

    /**
     * Whether a promise becomes the floor of its store, and the record goes: if the key has nothing
     * else. The promise then holds for all absent keys, this one included. To refuse more is always
     * safe.
     */
    public static boolean becomesFloor(boolean hasRecord, byte @Nullable [] state) {
        return hasRecord && state == null;
    }

    /**
     * Whether a replica in this state answers for registers at all. One that has just started, or
     * has lost its memory, may have promised more than it knows, and its answer would count in
     * majorities that rest on that promise (Chandra, Griesemer, Redstone, Paxos Made Live, 2007,
     * section 5.1; Liskov, Cowling, Viewstamped Replication Revisited, 2012, section 4.3).
     */
    public static boolean votes(ReplicaState state) {
        return state == ReplicaState.VOTING;
    }

    /**
     * Whether a replica's own records include what another replica remembers of it. If not, it has
     * lost its records, or runs on a copy from before that start. It never votes by these: what it
     * promised since is lost (on quorums whose members lose their memory: Michael, Ports, Sharma,
     * Szekeres, Recovering Shared Objects without Stable Storage, 2017; the page {@code journal.md},
     * "Registration before a vote").
     *
     * @param incarnation the replica's own
     * @param starts all starts that its journal has
     */
    public static boolean recognises(Remembered remembered, long incarnation, Set<Long> starts) {
        Long start = remembered.start();
        return remembered.incarnation() == incarnation && (start == null || starts.contains(start));
    }

    /**
     * Whether a start takes the place of what is remembered of a replica: only if the request names
     * that. So a request that was delayed never replaces a later start, which would hide an older
     * copy.
     *
     * @param known what is remembered of the caller so far
     */
    public static boolean replaces(@Nullable Remembered known, RegisterMethod.Request request) {
        return known == null
                ? request.replaces() == null
                : known.incarnation() == request.incarnation() && Objects.equals(known.start(), request.replaces());
    }

    /** How far back the memory of a replica goes: one that has lost it cannot clear others. */
    public static Witness witness(ReplicaState state, boolean hasVoted) {
        if (state == ReplicaState.AMNESIAC) {
            return Witness.AMNESIAC;
        }
        return hasVoted ? Witness.VOTED : Witness.NEW;
    }

    /**
     * Whether it counts that a witness remembers nothing worse. The memory of one that has voted
     * goes back to before its first vote. One that is new itself may have lost its memory without
     * knowing. It counts for another new replica only: had that one voted before, a majority of the
     * others, which includes one that kept its memory, would know.
     */
    public static boolean counts(Witness witness, boolean hasVoted) {
        return witness == Witness.VOTED || (witness == Witness.NEW && !hasVoted);
    }

    /**
     * How many other replicas must answer a new replica, and how many must remember it before its
     * first vote. Any two groups of that size out of the others share a replica, which would know
     * an earlier incarnation of it.
     */
    public static int registrars(int replicas) {
        int others = replicas - 1;
        return others == 0 ? 0 : Quorums.majority(others);
    }

    /**
     * How many others must remember a start before the replica votes. A replica that votes again
     * makes a majority with them: the rest may have failed, so it cannot ask for more. Its next
     * start asks {@link #registrars} if they answer, which include one of these.
     *
     * @param hasVoted whether it voted in an earlier start
     */
    public static int toRemember(int replicas, boolean hasVoted) {
        return hasVoted ? Quorums.majority(replicas) - 1 : registrars(replicas);
    }

    /**
     * Whether a replica cannot have voted before, although some of the others have lost their
     * records. Had it voted, f + 1 of the 2f others would have known it, and at most f - 1 of those
     * could have lost their records besides this one. So at most 2f - 2 would not know it, and more
     * than that have answered.
     *
     * @param counting how many count and do not know it
     * @param lost how many have answered that they have lost their records
     */
    public static boolean isKnownToBeNew(int replicas, int counting, int lost) {
        return lost > 0 && counting + lost >= Math.max(registrars(replicas), replicas - 2);
    }
}
