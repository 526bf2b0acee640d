package io.coterie.replication.internal.replica;

import io.coterie.replication.ReplicaState;
import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.internal.clock.BallotBound;
import io.coterie.replication.internal.policy.LocalTombstones;
import io.coterie.replication.internal.policy.WatchAnswer;
import io.coterie.replication.internal.policy.WatchRequest;
import io.coterie.replication.internal.shares.LoopShares;
import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.watch.ReplicaWatches;
import io.coterie.replication.internal.wire.ReadMethod;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.PrepareAnswer;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ScanAnswer;
import io.coterie.replication.spi.ScanRequest;
import io.coterie.replication.spi.ScannedKey;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import org.jspecify.annotations.Nullable;

/**
 * A replica's part in strong stores: the acceptors of all keys, and the requests to them. Each is
 * refused while the replica does not vote. {@code AcceptorRules} has what safety rests on: all that
 * an answer depends on is durable before it is sent.
 *
 * <p>Only to be used on the replica's loop.
 */
public final class Registers {
    /** For a request of this replica itself: a refusal has nobody to go to. */
    static final Responder<Object> NOBODY = new Responder<>() {
        @Override
        public void reply(Object response) {}

        @Override
        public void fail(Throwable error) {}
    };

    private final NodeId self;
    private final World world;
    private final ReplicaTables tables;
    private final JournalEntries entries;
    private final DurableAnswers answers;
    private final VotingRight votingRight;
    private final Identity identity;
    private final LoopShares shares;
    private final BallotBound bound;
    private final ScanServer scans;
    private final DeletedKeys deleted;

    /** Null until the first watch. */
    private @Nullable ReplicaWatches watches;

    private ClockLeadListener leadListener = (writer, leadMillis) -> {};

    Registers(
            NodeId self,
            World world,
            ReplicaTables tables,
            JournalEntries entries,
            DurableAnswers answers,
            VotingRight votingRight,
            Identity identity,
            LoopShares shares,
            BallotBound bound) {
        this.self = self;
        this.world = world;
        this.tables = tables;
        this.entries = entries;
        this.answers = answers;
        this.votingRight = votingRight;
        this.identity = identity;
        this.shares = shares;
        this.bound = bound;
        this.scans = new ScanServer(world.scheduler(), tables, shares, answers);
        this.deleted = new DeletedKeys(tables, entries, answers, votingRight, bound, world.clock());
    }

    /** Sets the listener for ballots and floors that are refused because they are too far ahead. */
    void onLead(ClockLeadListener listener) {
        leadListener = listener;
    }

    /** What the tables have for a key, durable or not, whether the replica may vote or not. */
    public ReadAnswer known(RecordKey key) {
        Acceptor acceptor = tables.acceptors.get(key);
        return acceptor == null ? ReadAnswer.NOTHING : new ReadAnswer(acceptor.accepted(), acceptor.state());
    }

    public void read(NodeId caller, ReadMethod.Request request, Responder<ReadMethod.Found> answer) {
        if (!mayVote(request.key(), answer)) {
            return;
        }
        Acceptor acceptor = tables.acceptors.get(request.key());
        boolean known = acceptor == null ? request.known().equals(Ballot.NONE) : acceptor.isAccepted(request.known());
        answers.reply(
                acceptor == null ? tables.floors.position() : acceptor.position,
                answer,
                known ? ReadMethod.Found.AS_KNOWN : new ReadMethod.Found(found(caller, acceptor, request.sender())));
    }

    private ReadAnswer found(NodeId caller, @Nullable Acceptor acceptor, @Nullable NodeId sender) {
        return acceptor == null
                ? ReadAnswer.NOTHING
                : new ReadAnswer(acceptor.accepted(), stateFor(caller, acceptor, sender));
    }

    /** The state for an answer to a caller; null if another replica is to send it. */
    private byte @Nullable [] stateFor(NodeId caller, Acceptor acceptor, @Nullable NodeId sender) {
        byte[] state = sends(caller, sender) ? acceptor.state() : null;
        shares.charge(caller, state == null ? 0 : state.length);
        return state;
    }

    /** Whether an answer includes the state. In an answer to this node itself it costs nothing. */
    private boolean sends(NodeId caller, @Nullable NodeId sender) {
        return sender == null || sender.equals(self) || caller.equals(self);
    }

    void scan(NodeId caller, ScanRequest request, int maxPayloadBytes, Responder<ScanAnswer> answer) {
        if (mayVote(new RecordKey(request.store(), request.prefix()), answer)) {
            scans.scan(caller, request, maxPayloadBytes, answer);
        }
    }

    /** Answers with what was accepted since the last such request of a watch, when there is any. */
    void watch(NodeId caller, WatchRequest request, int maxPayloadBytes, Responder<WatchAnswer> answer) {
        if (!mayVote(new RecordKey(request.store(), request.prefix()), answer)) {
            return;
        }
        ReplicaWatches known = watches;
        if (known == null) {
            known = new ReplicaWatches(world, shares);
            watches = known;
        }
        known.poll(caller, request, maxPayloadBytes, answer);
    }

    /** A watch must not see a state before it is durable. */
    private void notifyWatches(ReplicaWatches notified, RecordKey key, Acceptor acceptor) {
        byte[] accepted = acceptor.state();
        if (accepted != null) {
            ScannedKey event = new ScannedKey(key.bytes(), acceptor.accepted(), accepted);
            answers.whenDurable(acceptor.position, () -> notified.accepted(key, event));
        }
    }

    public void prepare(NodeId caller, ReplicaMethods.Prepare request, Responder<PrepareAnswer> answer) {
        if (!mayVote(request.key(), answer) || !RequestChecks.isFit(request, tables.rules(), answer)) {
            return;
        }
        Acceptor acceptor = tables.acceptor(request.key());
        if (!isInBounds(caller, request.ballot(), acceptor, answer)) {
            return;
        }
        boolean raises = request.ballot().isAbove(acceptor.promised());
        if (acceptor.prepare(request.ballot())) {
            if (raises) {
                acceptor.position = answers.append(() -> entries.promise(request.key(), acceptor.promised()));
                tables.changed(acceptor);
            }
            boolean absent = acceptor.accepted().equals(Ballot.NONE);
            Ballot floor = absent ? tables.floors.of(request.key().store()) : Ballot.NONE;
            answers.reply(
                    acceptor.position,
                    answer,
                    new PrepareAnswer(
                            true,
                            acceptor.promised(),
                            acceptor.accepted(),
                            stateFor(caller, acceptor, request.sender()),
                            floor));
        } else {
            answers.reply(
                    acceptor.position,
                    answer,
                    new PrepareAnswer(false, acceptor.promised(), Ballot.NONE, null, Ballot.NONE));
        }
    }

    public void accept(NodeId caller, ReplicaMethods.Accept request, Responder<AcceptAnswer> answer) {
        if (!mayVote(request.key(), answer)) {
            return;
        }
        Acceptor acceptor = tables.acceptor(request.key());
        boolean again = acceptor.isAccepted(request.ballot());
        if (!RequestChecks.isFit(request, tables.rules(), acceptor, again, answer)
                || (!again && !isInBounds(caller, request.ballot(), acceptor, answer))
                || !isInBounds(caller, request.next(), acceptor, answer)) {
            return;
        }
        boolean accepted = take(request, acceptor, again);
        answers.reply(acceptor.position, answer, new AcceptAnswer(accepted, acceptor.promised(request.next())));
    }

    /** Accepts a state that was checked; returns whether its ballot is accepted now. */
    boolean take(ReplicaMethods.Accept request, Acceptor acceptor, boolean again) {
        Ballot promisedBefore = acceptor.promised();
        long digest = ReplicaTables.digest(acceptor);
        boolean accepted = acceptor.accept(request.ballot(), request.state(), request.next());
        if (accepted && !(again && acceptor.isPromised(promisedBefore))) {
            acceptor.position = answers.append(() -> entries.acceptor(request.key(), acceptor));
            tables.accepted(acceptor, digest);
        }
        if (watches != null && accepted && !again) {
            notifyWatches(watches, request.key(), acceptor);
        }
        return accepted;
    }

    /**
     * Accepts what another replica has accepted, as if the coordinator's message had come this way.
     * Networks may delay and repeat messages, so it is as safe as that: the promise decides. It
     * brings no promise for a next ballot.
     */
    Copies.Taken relay(RecordKey key, Ballot ballot, byte[] state) {
        if (!mayVote(key, NOBODY)) {
            return Copies.Taken.REFUSED;
        }
        Acceptor acceptor = tables.acceptor(key);
        if (!ballot.isAbove(acceptor.accepted())) {
            return Copies.Taken.KNOWN;
        }
        ReplicaMethods.Accept request = new ReplicaMethods.Accept(key, ballot, state, ballot);
        if (!RequestChecks.isFit(request, tables.rules(), acceptor, false, NOBODY)
                || !bound.takes(ballot.counter(), acceptor.promisedCounter())) {
            return Copies.Taken.REFUSED;
        }
        return take(request, acceptor, false) ? Copies.Taken.KEPT : Copies.Taken.PROMISED_HIGHER;
    }

    /**
     * Refuses a ballot that is too far ahead: otherwise all later ballots of the key would have to
     * be above it.
     */
    private boolean isInBounds(NodeId caller, Ballot ballot, Acceptor acceptor, Responder<?> answer) {
        if (bound.takes(ballot.counter(), acceptor.promisedCounter())) {
            return true;
        }
        refuseLead(caller, "ballot", ballot, answer);
        return false;
    }

    private void refuseLead(NodeId caller, String what, Ballot ballot, Responder<?> answer) {
        long lead = bound.leadMillis(ballot.counter());
        leadListener.onLead(caller, lead);
        answer.fail(new ReplicaRefusal(
                RefusalKind.CLOCK_AHEAD,
                "the " + what + " is " + lead / 1_000
                        + " s ahead of this replica's clock, which accepts no more than "
                        + BallotClock.MAX_LEAD.toSeconds()
                        + " s; set the clock of " + caller + ", or of this replica"));
    }

    /**
     * Forgets a deleted key. The floor is a promise of all absent keys of the store, so it is
     * bounded like the ballot of any key.
     */
    public void remove(NodeId caller, ReplicaMethods.Remove request, Responder<Boolean> answer) {
        if (!mayVote(request.key(), answer)) {
            return;
        }
        if (!identity.isReplica(caller, "forget deleted keys", answer)) {
            return;
        }
        if (!bound.isWithin(request.floor().counter())) {
            refuseLead(caller, "floor", request.floor(), answer);
            return;
        }
        deleted.remove(request, answer);
    }

    /** This replica's part in the collection of deleted keys. */
    public LocalTombstones deleted() {
        return deleted;
    }

    private boolean mayVote(RecordKey key, Responder<?> answer) {
        // A replica whose storage failed names that as the reason.
        if (!votingRight.votes() && votingRight.state() != ReplicaState.FAILED) {
            answer.fail(new ReplicaRefusal(RefusalKind.NOT_VOTING, String.valueOf(votingRight.problem())));
            return false;
        }
        return RequestChecks.knows(key, answers, tables, answer)
                && RequestChecks.takesRegisters(tables.rules(), answer);
    }
}
