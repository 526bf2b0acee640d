package io.coterie.replication.internal.replica;

import io.coterie.replication.ConfigurationMismatchException;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.clock.ClusterTime;
import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.internal.clock.BallotBound;
import io.coterie.replication.internal.policy.Tombstone;
import io.coterie.replication.internal.policy.WatchAnswer;
import io.coterie.replication.internal.policy.WatchRequest;
import io.coterie.replication.internal.shares.LoopShares;
import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.tables.RecoveredBallots;
import io.coterie.replication.internal.tables.RecoveredEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.watch.ReplicaWatches;
import io.coterie.replication.internal.wire.ReadMethod;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.RegisterMethod;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.PrepareAnswer;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ScanAnswer;
import io.coterie.replication.spi.ScanRequest;
import io.coterie.replication.spi.ScannedKey;
import io.coterie.replication.spi.StoreRules;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps records and serves the requests for them: the acceptor of Paxos for each key. All changes
 * that an answer depends on are durable before it is sent.
 *
 * <p>Only to be used on the node's loop, once it is open.
 */
public final class Replica implements AutoCloseable {
    private final NodeId self;
    private final World world;
    private final ClusterTime time;
    private final BallotBound bound;
    private final ReplicaTables tables;
    private final JournalEntries entries;
    private final DurableAnswers answers;
    private final VotingRight votingRight;
    private final EventualValues values;
    private final ScanServer scans;
    private final DeletedKeys deleted;
    private final Identity identity;
    private final StoreRecords stores;
    private final LoopShares shares;
    private final long untrusted;

    /** Null until the first watch. */
    private @Nullable ReplicaWatches watches;

    private ClockLeadListener leadListener = (writer, leadMillis) -> {};

    private Replica(
            NodeId self,
            World world,
            HlcClock timestamps,
            String replicas,
            ReplicaTables tables,
            JournalEntries entries,
            DurableAnswers answers) {
        this.self = self;
        this.world = world;
        this.tables = tables;
        this.entries = entries;
        this.answers = answers;
        this.shares = new LoopShares(self, world);
        this.votingRight = new VotingRight(tables, entries, answers);
        answers.onFailure(votingRight::fail);
        this.time = new ClusterTime(world.clock());
        this.bound = new BallotBound(time, tables.recoveredBallots.bound());
        this.values = new EventualValues(tables, entries, answers, timestamps, shares);
        this.untrusted = values.observeAll();
        this.deleted = new DeletedKeys(tables, entries, answers, bound, world.clock());
        this.scans = new ScanServer(world.scheduler(), tables, shares, answers);
        this.identity = new Identity(self, replicas, tables, entries, answers::append);
        identity.record(world.random());
        this.stores = new StoreRecords(new StoreQuota(world.clock()), tables, entries, answers, identity);
    }

    /**
     * Reads back the replica's records.
     *
     * @param timestamps the node's clock for eventual writes, which is moved above the timestamps
     *     of all values that it trusts: otherwise later writes of this node would be lost
     * @param replicas the names of all replicas, as a text to compare
     * @throws StorageException if the storage is in use, damaged or another replica's
     * @throws ConfigurationMismatchException if the storage belongs to other replicas
     */
    static Replica open(NodeId self, World world, HlcClock timestamps, String replicas, Storage storage) {
        return open(self, world, timestamps, replicas, storage, Map.of());
    }

    /**
     * The same.
     *
     * @param rules what is accepted for the stores of policies, by the policies' names
     */
    static Replica open(
            NodeId self,
            World world,
            HlcClock timestamps,
            String replicas,
            Storage storage,
            Map<String, StoreRules> rules) {
        ReplicaTables tables = new ReplicaTables(world.clock(), rules);
        JournalEntries entries = new JournalEntries();
        DurableAnswers.Opener opener = onFailure -> {
            world.scheduler().beginLongTask("to read back what is in " + storage);
            RecoveredEntries recovered = new RecoveredEntries(tables);
            Journal journal = storage.open(self, world, recovered, onFailure);
            try {
                recovered.end();
                Identity.requireSameReplicas(self, replicas, tables, storage);
                return journal;
            } catch (Throwable e) {
                journal.close();
                throw e;
            }
        };
        DurableAnswers answers = new DurableAnswers(opener, tables, entries);
        try {
            return new Replica(self, world, timestamps, replicas, tables, entries, answers);
        } catch (Throwable e) {
            answers.close();
            throw e;
        }
    }

    public Identity identity() {
        return identity;
    }

    /** How the loop's time is shared among the callers of this replica. */
    LoopShares shares() {
        return shares;
    }

    /** Runs the task once the replica's identity is durable: nobody must learn it before. */
    void whenIdentityIsDurable(Runnable task) {
        answers.whenDurable(identity.position(), task);
    }

    /** Whether this replica may vote. */
    VotingRight votingRight() {
        return votingRight;
    }

    /** How many values were read back whose timestamps are too far ahead of this node's clock. */
    public long untrusted() {
        return untrusted;
    }

    /** The time that ballots are made from. */
    public ClusterTime time() {
        return time;
    }

    /** How far the ballots of the journal are ahead of the time. */
    RecoveredBallots recoveredBallots() {
        return tables.recoveredBallots;
    }

    public void onLead(ClockLeadListener listener) {
        leadListener = listener;
    }

    /** The stores that the replica has recorded. */
    public StoreRecords stores() {
        return stores;
    }

    void register(NodeId caller, RegisterMethod.Request request, Responder<RegisterMethod.Answer> answer) {
        if (answers.hasStorage(answer)
                && identity.isIntroduced(caller, request.replicas(), answer)
                && identity.isReplica(caller, "register", answer)) {
            Remembered known = identity.register(caller, request);
            answers.reply(tables.namesPosition, answer, new RegisterMethod.Answer(votingRight.witness(), known));
        }
    }

    /** What the tables have for a key, durable or not, whether the replica may vote or not. */
    public ReadAnswer known(RecordKey key) {
        return accepted(tables.acceptors.get(key));
    }

    public void read(NodeId caller, ReadMethod.Request request, Responder<ReadMethod.Found> answer) {
        if (!mayVote(caller, request.key(), answer)) {
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

    private static ReadAnswer accepted(@Nullable Acceptor acceptor) {
        return acceptor == null ? ReadAnswer.NOTHING : new ReadAnswer(acceptor.accepted(), acceptor.state());
    }

    void scan(NodeId caller, ScanRequest request, int maxPayloadBytes, Responder<ScanAnswer> answer) {
        if (mayVote(caller, new RecordKey(request.store(), request.prefix()), answer)) {
            scans.scan(caller, request, maxPayloadBytes, answer);
        }
    }

    /** Answers with what was accepted since the last such request of a watch, when there is any. */
    void watch(NodeId caller, WatchRequest request, int maxPayloadBytes, Responder<WatchAnswer> answer) {
        if (!mayVote(caller, new RecordKey(request.store(), request.prefix()), answer)) {
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
        if (!mayVote(caller, request.key(), answer) || !RequestChecks.isFit(request, tables.rules(), answer)) {
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
        if (!mayVote(caller, request.key(), answer)) {
            return;
        }
        Acceptor acceptor = tables.acceptor(request.key());
        boolean again = acceptor.isAccepted(request.ballot());
        if (!RequestChecks.isFit(request, tables.rules(), acceptor, again, answer)
                || (!again && !isInBounds(caller, request.ballot(), acceptor, answer))
                || !isInBounds(caller, request.next(), acceptor, answer)) {
            return;
        }
        Ballot promisedBefore = acceptor.promised();
        boolean accepted = acceptor.accept(request.ballot(), request.state(), request.next());
        if (accepted && !(again && acceptor.isPromised(promisedBefore))) {
            acceptor.position = answers.append(() -> entries.acceptor(request.key(), acceptor));
            tables.changed(acceptor);
        }
        if (watches != null && accepted && !again) {
            notifyWatches(watches, request.key(), acceptor);
        }
        answers.reply(acceptor.position, answer, new AcceptAnswer(accepted, acceptor.promised(request.next())));
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
        if (!mayVote(caller, request.key(), answer)) {
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

    /**
     * Keys without a value, see {@link DeletedKeys#tombstones}; none while the replica does not
     * vote.
     */
    public List<Tombstone> tombstones(String policy, int limit) {
        if (answers.isClosed() || !votingRight.votes()) {
            return List.of();
        }
        return deleted.tombstones(policy, limit);
    }

    /** This replica's part in the collection of deleted keys. */
    public DeletedKeys deleted() {
        return deleted;
    }

    public int records() {
        return tables.acceptors.size() + tables.values.size();
    }

    public void fetch(NodeId caller, RecordKey key, Responder<VersionedValue> answer) {
        if (knows(caller, key, answer) && RequestChecks.takesVersioned(tables.rules(), answer)) {
            values.fetch(caller, key, answer);
        }
    }

    public void merge(NodeId caller, ReplicaMethods.Merge request, Responder<HlcTimestamp> answer) {
        if (knows(caller, request.key(), answer)
                && RequestChecks.takesVersioned(tables.rules(), answer)
                && RequestChecks.isFit(request, answer)) {
            values.merge(caller, request, leadListener, answer);
        }
    }

    @Override
    public void close() {
        answers.close();
    }

    private boolean mayVote(NodeId caller, RecordKey key, Responder<?> answer) {
        // A replica whose storage failed names that as the reason.
        if (!votingRight.votes() && votingRight.state() != ReplicaState.FAILED) {
            answer.fail(new ReplicaRefusal(RefusalKind.NOT_VOTING, String.valueOf(votingRight.problem())));
            return false;
        }
        return knows(caller, key, answer) && RequestChecks.takesRegisters(tables.rules(), answer);
    }

    private boolean knows(NodeId caller, RecordKey key, Responder<?> answer) {
        if (!answers.hasStorage(answer)) {
            return false;
        }
        if (!tables.knowsStore(key.store()) || !identity.introducedNodes().knows(caller)) {
            answer.fail(new ReplicaRefusal(
                    RefusalKind.UNKNOWN_STORE, "the caller has not opened the store at this replica yet"));
            return false;
        }
        return true;
    }
}
