package io.coterie.replication.internal.replica;

import io.coterie.replication.ConfigurationMismatchException;
import io.coterie.replication.clock.ClusterTime;
import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.internal.clock.BallotBound;
import io.coterie.replication.internal.shares.LoopShares;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.tables.RecoveredBallots;
import io.coterie.replication.internal.tables.RecoveredEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.RegisterMethod;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreRules;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import java.util.Map;

/**
 * Keeps records and serves the requests for them. Puts its parts together: the stores, the
 * registers of strong stores, the values of eventual stores, and its right to vote. All changes
 * that an answer depends on are durable before it is sent.
 *
 * <p>Only to be used on the node's loop, once it is open.
 */
public final class Replica implements AutoCloseable {
    private final ClusterTime time;
    private final ReplicaTables tables;
    private final JournalEntries entries;
    private final DurableAnswers answers;
    private final VotingRight votingRight;
    private final EventualValues values;
    private final Identity identity;
    private final StoreRecords stores;
    private final Registers registers;
    private final ConfigurationRecords configurations;
    private final ConfigurationGate gate;
    private final LoopShares shares;
    private final long untrusted;

    private ClockLeadListener leadListener = (writer, leadMillis) -> {};

    private Replica(
            NodeId self,
            World world,
            HlcClock timestamps,
            String replicas,
            ReplicaTables tables,
            JournalEntries entries,
            DurableAnswers answers) {
        this.tables = tables;
        this.entries = entries;
        this.answers = answers;
        this.shares = new LoopShares(self, world);
        this.votingRight = new VotingRight(tables, entries, answers);
        answers.onFailure(votingRight::fail);
        this.time = new ClusterTime(world.clock());
        this.values = new EventualValues(tables, entries, answers, timestamps, shares);
        this.untrusted = values.observeAll();
        this.identity = new Identity(self, replicas, tables, entries, answers::append);
        identity.record(world.random());
        this.stores = new StoreRecords(new StoreQuota(world.clock()), tables, entries, answers, identity);
        this.gate = new ConfigurationGate(tables, identity);
        this.configurations = new ConfigurationRecords(tables, entries, answers, identity, votingRight);
        BallotBound bound = new BallotBound(time, tables.recoveredBallots.bound());
        this.registers = new Registers(self, world, tables, entries, answers, votingRight, identity, shares, bound);
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
     * Reads back the records of a replica that checks requests by the rules of policies.
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
            RecoveredEntries recovered = new RecoveredEntries(self, tables);
            Journal journal = storage.open(self, world, recovered, onFailure);
            try {
                recovered.end();
                Identity.requireFounders(self, replicas, tables, storage);
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

    /** Which requests of other nodes are served. */
    ConfigurationGate gate() {
        return gate;
    }

    /** What the journal has about configurations. */
    public ConfigurationRecords configurations() {
        return configurations;
    }

    public Identity identity() {
        return identity;
    }

    /** How the loop's time is shared among the callers of this replica. */
    LoopShares shares() {
        return shares;
    }

    /** Runs the task once the replica's identity is durable: nobody must learn it before. */
    public void whenIdentityIsDurable(Runnable task) {
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

    /**
     * Sets the listener for requests that are refused because they are too far ahead of the time.
     */
    public void onLead(ClockLeadListener listener) {
        leadListener = listener;
        registers.onLead(listener);
    }

    /** The stores that the replica has recorded. */
    public StoreRecords stores() {
        return stores;
    }

    /** The part in strong stores. */
    public Registers registers() {
        return registers;
    }

    /**
     * All copies, for a comparison with other replicas.
     *
     * @param maxPayloadBytes the most bytes of a message
     */
    Copies copies(int maxPayloadBytes) {
        return new Copies(tables, answers, votingRight, identity, stores, registers, values, shares, maxPayloadBytes);
    }

    /**
     * The part in changes of the group of replicas.
     *
     * @param maxPayloadBytes the most bytes of a message
     */
    Transfers transfers(int maxPayloadBytes) {
        return new Transfers(tables, entries, answers, votingRight, stores, registers, values, shares, maxPayloadBytes);
    }

    void register(NodeId caller, RegisterMethod.Request request, Responder<RegisterMethod.Answer> answer) {
        if (answers.hasStorage(answer)
                && (tables.configuration != null || identity.hasSameReplicas(caller, request.replicas(), answer))
                && identity.isReplica(caller, "register", answer)) {
            Remembered known = identity.register(caller, request);
            answers.reply(tables.namesPosition, answer, new RegisterMethod.Answer(votingRight.witness(), known));
        }
    }

    public int records() {
        return tables.acceptors.size() + tables.values.size();
    }

    public void fetch(NodeId caller, RecordKey key, Responder<VersionedValue> answer) {
        if (RequestChecks.knows(key, answers, tables, answer) && RequestChecks.takesVersioned(tables.rules(), answer)) {
            values.fetch(caller, key, answer);
        }
    }

    public void merge(NodeId caller, ReplicaMethods.Merge request, Responder<HlcTimestamp> answer) {
        if (RequestChecks.knows(request.key(), answers, tables, answer)
                && RequestChecks.takesVersioned(tables.rules(), answer)
                && RequestChecks.isFit(request, answer)
                && stays(answer)) {
            values.merge(caller, request, leadListener, answer);
        }
    }

    /** Whether a value that this replica alone takes would not be lost; if not, it is refused. */
    private boolean stays(Responder<?> answer) {
        if (!configurations.stays()) {
            answer.fail(new ReplicaRefusal(
                    RefusalKind.NOT_VOTING,
                    configurations.adopted() == null
                            ? "this replica is no member yet: a member must take the value"
                            : "this replica is being removed: one that stays must take the value"));
            return false;
        }
        return true;
    }

    @Override
    public void close() {
        answers.close();
    }
}
