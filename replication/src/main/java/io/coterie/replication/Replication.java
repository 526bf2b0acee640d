package io.coterie.replication;

import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.clock.ClusterTime;
import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.internal.budget.NodeLoad;
import io.coterie.replication.internal.budget.NodeMemory;
import io.coterie.replication.internal.budget.NodeWatches;
import io.coterie.replication.internal.policy.LocalTombstones;
import io.coterie.replication.internal.policy.WatchAnswer;
import io.coterie.replication.internal.policy.WatchRequest;
import io.coterie.replication.internal.quorum.BatchedCalls;
import io.coterie.replication.internal.quorum.ClockCheck;
import io.coterie.replication.internal.quorum.Connections;
import io.coterie.replication.internal.quorum.Fanout;
import io.coterie.replication.internal.quorum.OpenedStores;
import io.coterie.replication.internal.quorum.PeerRecovery;
import io.coterie.replication.internal.quorum.QuorumContext;
import io.coterie.replication.internal.quorum.QuorumMethod;
import io.coterie.replication.internal.quorum.ReadCollector;
import io.coterie.replication.internal.quorum.ReportRound;
import io.coterie.replication.internal.quorum.WatchPoll;
import io.coterie.replication.internal.replica.LocalReplica;
import io.coterie.replication.internal.replica.Registers;
import io.coterie.replication.internal.replica.Replica;
import io.coterie.replication.internal.wire.BatchMethod;
import io.coterie.replication.internal.wire.ReadMethod;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.ScanMethod;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.PrepareAnswer;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.QuorumCalls;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ReplicaConnections;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.ScanAnswer;
import io.coterie.replication.spi.ScanRequest;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.RandomSource;
import io.coterie.rpc.spi.World;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node's part in replication. A node that is a replica keeps records. Every node can ask all
 * replicas.
 *
 * <p>It has two users. A policy sends its requests by the methods of {@link QuorumCalls}, and lets
 * no operation begin in vain by those of {@link ReplicaConnections}. The application, or the facade
 * for it, starts and closes it, opens stores, and reads the state of replicas.
 *
 * <p><em>Threading:</em> methods are to be called on the node's loop, unless they say otherwise.
 * Collectors and listeners are called on the loop.
 */
public final class Replication implements QuorumCalls, ReplicaConnections, AutoCloseable {
    /** Sets of replicas are the bits of a long. */
    private static final int MAX_REPLICAS = Long.SIZE;

    private final RpcNode node;
    private final QuorumContext context;
    private final boolean readOnly;
    private final BallotClock ballotClock;
    private final HlcClock hlcClock;
    private final NodeMemory memory = new NodeMemory();

    private final NodeLoad load;
    private final NodeWatches watches;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final @Nullable LocalReplica local;
    private final @Nullable Replica replica;
    private final @Nullable Registers registers;
    private final PeerRecovery peerRecovery;
    private final ClockCheck clockCheck;
    private final Connections connections;
    private final OpenedStores stores;
    private final BatchedCalls<ReadMethod.Request, ReadMethod.Found> reads;
    private final BatchedCalls<ReplicaMethods.Prepare, PrepareAnswer> prepares;
    private final BatchedCalls<ReplicaMethods.Accept, AcceptAnswer> accepts;
    private final BatchedCalls<ReplicaMethods.Remove, Boolean> removes;
    private final BatchedCalls<RecordKey, VersionedValue> fetches;
    private final BatchedCalls<ReplicaMethods.Merge, HlcTimestamp> merges;
    private final QuorumMethod<ScanRequest, ScanAnswer> scans;

    private Replication(RpcNode node, List<NodeId> replicas, Storage storage, ReplicationOptions options) {
        this.node = node;
        this.context = new QuorumContext(
                node, replicas, options.retry(), options.attemptTimeout().toNanos());
        this.readOnly = options.readOnly();
        Clock clock = node.world().clock();
        RandomSource random = node.world().random();
        long writer = random.nextLong();
        this.hlcClock = new HlcClock(clock, random, writer);
        this.local = context.selfIndex() < 0
                ? null
                : LocalReplica.open(
                        node,
                        hlcClock,
                        context.replicaNames(),
                        context.otherReplicas(),
                        storage,
                        options.rules(),
                        context.retry(),
                        context.attemptNanos());
        Replica mine = local == null ? null : local.replica();
        this.replica = mine;
        Registers own = mine == null ? null : mine.registers();
        this.registers = own;
        ClusterTime time = mine == null ? new ClusterTime(clock) : mine.time();
        this.ballotClock = new BallotClock(time, random, writer);
        this.peerRecovery = new PeerRecovery(context);
        this.stores = new OpenedStores(
                context,
                peerRecovery,
                mine == null ? null : mine.stores()::open,
                mine == null ? id -> null : mine.stores()::find);
        long[] signs = new long[replicas.size()];
        this.load = new NodeLoad(clock.nanos(), () -> peerRecovery.isMajorityHeard(signs));
        this.watches = new NodeWatches(node.self(), clock, stores::find);
        this.clockCheck = new ClockCheck(context, time);
        hlcClock.correctBy(clockCheck::correctionMillis);
        this.connections = new Connections(context, options.majorityGrace().toNanos());
        this.reads = calls(ReadMethod.BATCH, own == null ? null : own::read);
        this.prepares = calls(ReplicaMethods.PREPARES, own == null ? null : own::prepare);
        this.accepts = calls(ReplicaMethods.ACCEPTS, own == null ? null : own::accept);
        this.removes = calls(ReplicaMethods.REMOVES, own == null ? null : own::remove);
        this.fetches = calls(ReplicaMethods.FETCHES, mine == null ? null : mine::fetch);
        this.merges = calls(ReplicaMethods.MERGES, mine == null ? null : mine::merge);
        this.scans = new QuorumMethod<>(
                context, peerRecovery, stores, ScanMethod.METHOD, local == null ? null : local.scans());
    }

    private <Q, A> BatchedCalls<Q, A> calls(BatchMethod<Q, A> method, @Nullable InlineHandler<Q, A> mine) {
        return new BatchedCalls<>(context, peerRecovery, stores, method, mine);
    }

    /**
     * Starts replication on a node. A replica's records are read back before this returns, which
     * takes a read of its whole journal. May be called by any thread, which waits for the loop.
     *
     * @param replicas all replicas of the cluster, 1 to 64, the same at every node. A node that is
     *     among them is a replica itself; any other node only asks them
     * @param storage where a replica keeps its records; unused at other nodes
     * @throws IllegalArgumentException if there is no replica, or more than 64, or one of them
     *     twice; or if the node is a replica and read-only
     * @throws StorageException if the storage is in use, damaged or another replica's
     * @throws ConfigurationMismatchException if the storage belongs to replicas with other names
     */
    public static Replication start(RpcNode node, List<NodeId> replicas, Storage storage, ReplicationOptions options) {
        if (replicas.isEmpty()
                || replicas.size() > MAX_REPLICAS
                || replicas.stream().distinct().count() != replicas.size()) {
            throw new IllegalArgumentException(
                    "replicas " + replicas + ": list 1 to " + MAX_REPLICAS + " replicas, and none of them twice");
        }
        if (options.readOnly() && replicas.contains(node.self())) {
            throw new IllegalArgumentException("readOnly: node " + node.self() + " is one of the replicas " + replicas
                    + ", and a replica cannot be read-only");
        }
        return AwaitedTask.await(node.world(), () -> {
            Replication replication = new Replication(node, replicas, storage, options);
            try {
                replication.serve();
            } catch (Throwable e) {
                replication.close();
                throw e;
            }
            return replication;
        });
    }

    /** This node's name. May be called by any thread. */
    public NodeId self() {
        return node.self();
    }

    /** What all stores of this node together keep in memory. */
    @SuppressWarnings("exports") // For the modules that the package is exported to.
    public NodeMemory memory() {
        return memory;
    }

    /** What all stores of this node together have in flight. May be called by any thread. */
    @SuppressWarnings("exports") // For the modules that the package is exported to.
    public NodeLoad load() {
        return load;
    }

    /** The watches that all stores of this node together have open. */
    @SuppressWarnings("exports") // For the modules that the package is exported to.
    public NodeWatches watches() {
        return watches;
    }

    /** All replicas, in the order of the configuration. May be called by any thread. */
    public List<NodeId> replicas() {
        return context.replicas();
    }

    /** The node that this replication runs on. May be called by any thread. */
    public RpcNode node() {
        return node;
    }

    /** The node's time, loop and chance. May be called by any thread. */
    public World world() {
        return node.world();
    }

    /**
     * Whether this node only reads: replicas deny it every request that changes a record, also
     * those that only make replicas agree. May be called by any thread.
     */
    public boolean isReadOnly() {
        return readOnly;
    }

    /**
     * The store that this node's replica has recorded under a number; null if there is none, or if
     * this node is no replica.
     */
    public @Nullable StoreSpec recordedStore(long id) {
        Replica mine = replica;
        return mine == null ? null : mine.stores().find(id);
    }

    /**
     * The clock from which this node's ballots are made. It follows the ballots of other nodes as
     * far as it trusts them.
     */
    public BallotClock ballotClock() {
        return ballotClock;
    }

    /**
     * The clock from which this node's timestamps are made. It is not the clock of ballots, which
     * may be further ahead: replicas would refuse the eventual writes of a node that has followed
     * the ballots of another one.
     */
    public HlcClock hlcClock() {
        return hlcClock;
    }

    /**
     * What is wrong with this node's wall clock, compared with a majority of the replicas, and what
     * to do; null if no problem is known. While there is one, replicas lose or refuse this node's
     * writes to eventual stores.
     */
    public @Nullable String clockProblem() {
        return clockCheck.ownProblem();
    }

    /**
     * Compares this node's wall clock with those of the replicas, because a timestamp suggests that
     * a clock is wrong. Costs a message to each replica, at most once in a few seconds.
     */
    public void suspectClocks() {
        clockCheck.suspect();
    }

    /**
     * A random number that stands for this start of the process, so that no two ballots or
     * timestamps are ever the same. It changes when the clock of ballots {@linkplain
     * BallotClock#startOver starts over}.
     */
    public long writer() {
        return ballotClock.writer();
    }

    /** How long to wait before something that failed is tried again. */
    public RetryPolicy retry() {
        return context.retry();
    }

    /**
     * The state of this node's replica; null if this node is no replica. May be called by any
     * thread.
     */
    public @Nullable ReplicaState localState() {
        return local == null ? null : local.state();
    }

    /**
     * Why this node's replica does not vote, as a human-readable text; null if it votes, or if this
     * node is no replica. May be called by any thread.
     */
    public @Nullable String localProblem() {
        return local == null ? null : local.problem();
    }

    private @Nullable ReplicaReport localReport() {
        LocalReplica mine = local;
        return mine == null ? null : new ReplicaReport(mine.state(), mine.problem(), 0);
    }

    /**
     * Asks every replica once for its state. May be called by any thread.
     *
     * @param timeout after which a replica counts as one that did not answer
     * @return completes on the loop within the timeout, with an entry for each replica
     */
    public CompletableFuture<Map<NodeId, ReplicaReport>> reports(Duration timeout) {
        ReportRound round = new ReportRound(context, this::localReport, timeout.toNanos());
        world().scheduler().execute(round::start);
        return round.result();
    }

    /**
     * Opens a store: asks the replicas to record it with its policy. They are asked until all have
     * confirmed it, or this node closes, because a replica may start long after this node.
     *
     * <p>A replica records up to 10,000 stores. While it runs, it records up to 5,000 new stores
     * from one node: 1,000 at once, and one every 10 ms after that. This node asks again for a
     * store that it requested too soon.
     *
     * @param needed how many replicas must confirm the store before it is open, 1 or more
     * @param onChange called on the loop when the store is open, when it is refused, and when it is
     *     no longer refused; maybe before this returns
     */
    public Opening openStore(StoreSpec store, int needed, Consumer<Opening> onChange) {
        return stores.open(store, needed, onChange);
    }

    /**
     * Checks that {@link #openStore} may be called for this store.
     *
     * @throws IllegalArgumentException if one of its names has an invisible character
     * @throws io.coterie.rpc.error.OverloadedException if this node has opened 10,000 other stores
     */
    public void requireOpenable(StoreSpec store) {
        stores.requireOpenable(store);
    }

    @Override
    public boolean reportsLoss() {
        return context.reportsLoss();
    }

    @Override
    public boolean hasMajority() {
        return connections.majority().isReached();
    }

    @Override
    public boolean isMajorityGivenUp() {
        return connections.majority().isGraceOver();
    }

    @Override
    public boolean hasReplica() {
        return connections.any().isReached();
    }

    @Override
    public boolean isEachGivenUp() {
        return connections.any().isGraceOver();
    }

    /**
     * A failure detector considers a replica down, although its connection has not ended. The
     * replica counts as not connected until something arrives from it. A wrong suspicion costs
     * time, never safety.
     */
    public void onSilence(NodeId silent) {
        connections.onSilence(silent);
    }

    @Override
    public boolean isSending(NodeId replica, long withinNanos) {
        return context.reportsLoss() && node.loop().silenceNanos(replica) < withinNanos;
    }

    @Override
    public void onConnectionChange(Runnable listener) {
        connections.addListener(listener);
    }

    @Override
    public void seekReplicas() {
        connections.seek();
    }

    @Override
    public Map<NodeId, String> connections() {
        return connections.describe();
    }

    @Override
    public QuorumCall read(RecordKey key, long deadline, ResponseCollector<ReadAnswer> collector) {
        return read(key, null, deadline, collector);
    }

    @Override
    public QuorumCall read(
            RecordKey key, @Nullable NodeId sender, long deadline, ResponseCollector<ReadAnswer> collector) {
        Registers mine = registers;
        ReadAnswer known = mine == null ? ReadAnswer.NOTHING : mine.known(key);
        ReadMethod.Request request = new ReadMethod.Request(key, known.accepted(), sender);
        ReadMethod.Request whole = sender == null ? request : new ReadMethod.Request(key, known.accepted());
        return reads.start(request, whole, key.length(), key.store(), deadline, new ReadCollector(known, collector));
    }

    @Override
    public QuorumCall prepare(RecordKey key, Ballot ballot, long deadline, ResponseCollector<PrepareAnswer> collector) {
        return prepare(key, ballot, null, deadline, collector);
    }

    @Override
    public QuorumCall prepare(
            RecordKey key,
            Ballot ballot,
            @Nullable NodeId sender,
            long deadline,
            ResponseCollector<PrepareAnswer> collector) {
        ReplicaMethods.Prepare request = new ReplicaMethods.Prepare(key, ballot, sender);
        ReplicaMethods.Prepare whole = sender == null ? request : new ReplicaMethods.Prepare(key, ballot);
        return prepares.start(request, whole, key.length(), key.store(), deadline, collector);
    }

    @Override
    public QuorumCall accept(
            RecordKey key,
            Ballot ballot,
            byte[] state,
            Ballot next,
            long deadline,
            ResponseCollector<AcceptAnswer> collector) {
        ReplicaMethods.Accept request = new ReplicaMethods.Accept(key, ballot, state, next);
        return accepts.start(request, key.length() + state.length, key.store(), deadline, collector);
    }

    @Override
    public QuorumCall remove(
            RecordKey key, Ballot ballot, Ballot floor, long deadline, ResponseCollector<Boolean> collector) {
        ReplicaMethods.Remove request = new ReplicaMethods.Remove(key, ballot, floor);
        return removes.start(request, key.length(), key.store(), deadline, collector);
    }

    /** The keys of this node's replica that have no value. */
    @SuppressWarnings("exports") // For the modules that the package is exported to.
    public LocalTombstones tombstones() {
        Registers mine = registers;
        return mine == null ? LocalTombstones.NONE : mine.deleted();
    }

    /**
     * Whether a node has shown this node's replica that it was given the same list of replicas. If
     * not, no answer to it may count: its majorities and those of this node need not share a
     * replica. Always true for this node itself.
     */
    public boolean hasSameReplicas(NodeId caller) {
        Replica mine = replica;
        return caller.equals(node.self())
                || (mine != null && mine.identity().introducedNodes().knows(caller));
    }

    /**
     * How many records this node's replica keeps, including deleted keys that are not collected
     * yet; 0 if this node is no replica.
     */
    public int localRecords() {
        Replica mine = replica;
        return mine == null ? 0 : mine.records();
    }

    @Override
    public QuorumCall scan(ScanRequest request, long deadline, ResponseCollector<ScanAnswer> collector) {
        Fanout<ScanRequest, ScanAnswer> call = new Fanout<>(scans, request, request.store(), deadline, collector);
        call.start();
        return call;
    }

    @Override
    public QuorumCall fetch(RecordKey key, long deadline, ResponseCollector<VersionedValue> collector) {
        return fetches.start(key, key.length(), key.store(), deadline, collector);
    }

    @Override
    public QuorumCall merge(
            RecordKey key, VersionedValue value, long deadline, ResponseCollector<HlcTimestamp> collector) {
        ReplicaMethods.Merge request = new ReplicaMethods.Merge(key, value);
        byte[] bytes = value.value();
        int size = key.length() + (bytes == null ? 0 : bytes.length);
        return merges.start(request, size, key.store(), deadline, collector);
    }

    /**
     * Asks one replica for what it has accepted since the last such request. It answers the first
     * request of a watch at once, and later ones when it has accepted something, or after 2 s with
     * nothing.
     *
     * @param then called once on the loop: with the answer, or with null after a failure
     */
    @SuppressWarnings("exports") // For the modules that the package is exported to.
    public void watch(NodeId replica, WatchRequest request, Consumer<@Nullable WatchAnswer> then) {
        LocalReplica mine = local;
        InlineHandler<WatchRequest, WatchAnswer> own = mine != null && replica.equals(self()) ? mine.watches() : null;
        new WatchPoll(context, stores, watches, request, then).start(replica, own);
    }

    /**
     * Stops the replica and closes its storage; the node stays open. A second call does nothing.
     * May be called by any thread, which waits for the records that are being written.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        AwaitedTask.await(world(), () -> {
            if (local != null) {
                local.close();
            }
            return this;
        });
    }

    /** The requests that wait until something arrives from a replica. */
    PeerRecovery peerRecovery() {
        return peerRecovery;
    }

    private void serve() {
        node.addPeerListener(peerRecovery);
        node.addPeerListener(connections);
        connections.begin();
        if (local != null) {
            local.replica().onLead(clockCheck::refused);
            local.start();
            if (local.replica().untrusted() > 0) {
                clockCheck.suspect();
            }
        }
    }
}
