package io.coterie.replication;

import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.clock.ClusterTime;
import io.coterie.replication.clock.StampClock;
import io.coterie.replication.internal.budget.NodeLoad;
import io.coterie.replication.internal.budget.NodeMemory;
import io.coterie.replication.internal.budget.NodeWatches;
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
import io.coterie.replication.internal.replica.Replica;
import io.coterie.replication.internal.wire.BatchMethod;
import io.coterie.replication.internal.wire.ReadMethod;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.ScanMethod;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.Clock;
import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.RandomSource;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.World;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node's part in replication: if it is a replica, the records it keeps; and in any case the means
 * to ask all replicas, of which consistency policies are made.
 *
 * <p>Each request goes to all replicas at once, and again to those that do not answer. All methods
 * are to be called on the node's loop only, unless they say otherwise.
 */
public final class Replication implements AutoCloseable {
    /** A bit of a long for each. */
    private static final int MAX_REPLICAS = Long.SIZE;

    private final RpcNode node;
    private final QuorumContext context;
    private final boolean readOnly;
    private final BallotClock ballotClock;
    private final StampClock stampClock;
    private final NodeMemory memory = new NodeMemory();

    private final NodeLoad load;
    private final NodeWatches watches;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final @Nullable LocalReplica local;
    private final @Nullable Replica replica;
    private final PeerRecovery peerRecovery;
    private final ClockCheck clockCheck;
    private final Connections connections;
    private final OpenedStores stores;
    private final BatchedCalls<ReadMethod.Request, ReadMethod.Found> reads;
    private final BatchedCalls<ReplicaMethods.Prepare, PrepareAnswer> prepares;
    private final BatchedCalls<ReplicaMethods.Accept, AcceptAnswer> accepts;
    private final BatchedCalls<ReplicaMethods.Remove, Boolean> removes;
    private final BatchedCalls<RecordKey, Stamped> fetches;
    private final BatchedCalls<ReplicaMethods.Merge, Stamp> merges;
    private final QuorumMethod<ScanRequest, ScanAnswer> scans;

    private Replication(RpcNode node, List<NodeId> replicas, Storage storage, ReplicationOptions options) {
        this.node = node;
        this.context = new QuorumContext(
                node, replicas, options.retry(), options.attemptTimeout().toNanos());
        this.readOnly = options.readOnly();
        Clock clock = node.world().clock();
        RandomSource random = node.world().random();
        long writer = random.nextLong();
        this.stampClock = new StampClock(clock, random, writer);
        this.local = context.selfIndex() < 0
                ? null
                : LocalReplica.open(
                        node,
                        stampClock,
                        context.replicaNames(),
                        context.otherReplicas(),
                        storage,
                        options.rules(),
                        context.retry(),
                        context.attemptNanos());
        Replica mine = local == null ? null : local.replica();
        this.replica = mine;
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
        stampClock.correctBy(clockCheck::correctionMillis);
        this.connections = new Connections(context, options.majorityGrace().toNanos());
        this.reads = calls(ReadMethod.BATCH, mine == null ? null : mine::read);
        this.prepares = calls(ReplicaMethods.PREPARES, mine == null ? null : mine::prepare);
        this.accepts = calls(ReplicaMethods.ACCEPTS, mine == null ? null : mine::accept);
        this.removes = calls(ReplicaMethods.REMOVES, mine == null ? null : mine::remove);
        this.fetches = calls(ReplicaMethods.FETCHES, mine == null ? null : mine::fetch);
        this.merges = calls(ReplicaMethods.MERGES, mine == null ? null : mine::merge);
        this.scans = new QuorumMethod<>(
                context, peerRecovery, stores, ScanMethod.METHOD, local == null ? null : local.scans());
    }

    private <Q, A> BatchedCalls<Q, A> calls(BatchMethod<Q, A> method, @Nullable InlineHandler<Q, A> mine) {
        return new BatchedCalls<>(context, peerRecovery, stores, method, mine);
    }

    /**
     * Starts replication on a node. Returns when a replica's records are read back; may be called
     * by any thread.
     *
     * @param replicas all replicas of the cluster, the same at every node; if the node is among
     *     them it is one itself, otherwise it only asks them
     * @param storage where the records are kept, if the node is a replica
     * @throws IllegalArgumentException if there is no replica, or one twice, or more than 64; or if
     *     a replica is to be read-only
     * @throws StorageException if the storage is in use, damaged or another replica's
     * @throws ConfigurationMismatchException if the storage belongs to other replicas: their names,
     *     whatever the addresses
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
        return LoopCall.await(node.world(), () -> {
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

    /** What this node's stores keep in memory, together. */
    @SuppressWarnings("exports") // For the modules that the package is exported to.
    public NodeMemory memory() {
        return memory;
    }

    /** What this node's stores have asked replicas for, together. May be called by any thread. */
    @SuppressWarnings("exports") // For the modules that the package is exported to.
    public NodeLoad load() {
        return load;
    }

    /** The watches that this node's stores have open, together. */
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
     * Whether this node only reads: replicas deny it whatever changes a record, be it to have
     * replicas agree on what is there already. May be called by any thread.
     */
    public boolean isReadOnly() {
        return readOnly;
    }

    /**
     * The store of that number that this node's replica has recorded; null if there is none, or no
     * replica.
     */
    public @Nullable StoreSpec recordedStore(long id) {
        Replica mine = replica;
        return mine == null ? null : mine.stores().find(id);
    }

    /**
     * The clock from which this node's ballots are made. It follows those that it is shown as far
     * as it trusts them.
     */
    public BallotClock ballotClock() {
        return ballotClock;
    }

    /**
     * The clock from which this node's stamps are made. Not that of ballots: replicas refuse stamps
     * that are less far ahead of their own clocks, and one node's ballots must not make another's
     * writes refused.
     */
    public StampClock stampClock() {
        return stampClock;
    }

    /**
     * What is wrong with this node's wall clock by the word of most replicas, and what to do: as
     * long as that is so, what it writes in eventual stores is lost or refused. Null as far as is
     * known nothing.
     */
    public @Nullable String clockProblem() {
        return clockCheck.ownProblem();
    }

    /**
     * Has this node's wall clock compared with those of the replicas: a stamp speaks for one that
     * is wrong.
     */
    public void suspectClocks() {
        clockCheck.suspect();
    }

    /**
     * Which start of this process this is: drawn at random, so that no two ballots or stamps are
     * ever the same. Another one from when the clock of ballots {@linkplain BallotClock#startOver
     * started over}.
     */
    public long writer() {
        return ballotClock.writer();
    }

    /** How long to wait before something that failed is tried again. */
    public RetryPolicy retry() {
        return context.retry();
    }

    /** The state of this node's replica, or null if it is none. May be called by any thread. */
    public @Nullable ReplicaState localState() {
        return local == null ? null : local.state();
    }

    /** Why this node's replica does not vote, or null. May be called by any thread. */
    public @Nullable String localProblem() {
        return local == null ? null : local.problem();
    }

    private @Nullable ReplicaReport localReport() {
        LocalReplica mine = local;
        return mine == null ? null : new ReplicaReport(mine.state(), mine.problem(), 0);
    }

    /**
     * Asks every replica once how it is.
     *
     * @return completes on the loop within the timeout, with an entry for each replica. May be
     *     called by any thread
     */
    public CompletableFuture<Map<NodeId, ReplicaReport>> reports(Duration timeout) {
        ReportRound round = new ReportRound(context, this::localReport, timeout.toNanos());
        world().scheduler().execute(round::start);
        return round.result();
    }

    /**
     * Has a store recorded with its policy by replicas. They are asked until all have confirmed it,
     * for as long as the node lives: a replica may be started long after this node.
     *
     * <p>A replica records up to 10,000 stores, and up to 5,000 that are new of one node as long as
     * it runs: 1,000 at once, and one every 10 ms after that. What comes sooner is asked for again.
     *
     * @param needed how many of them must confirm it before it is open
     * @param onChange told on the loop when the store is open, and when it is refused or not
     *     refused any more; perhaps before this returns
     */
    public Opening openStore(StoreSpec store, int needed, Consumer<Opening> onChange) {
        return stores.open(store, needed, onChange);
    }

    /** Throws what {@link #openStore} would throw for this store. */
    public void requireOpenable(StoreSpec store) {
        stores.requireOpenable(store);
    }

    /**
     * Whether a majority of replicas is connected, this node among them if it is one. Without one,
     * nothing that needs a majority should begin. Always true where the transport does not tell of
     * connections. Only to be used on the loop.
     */
    public boolean hasMajority() {
        return connections.majority().isReached();
    }

    /**
     * Whether no majority was connected for longer than the grace, so that what waits for one is to
     * be refused.
     */
    public boolean isMajorityGivenUp() {
        return connections.majority().isGraceOver();
    }

    /**
     * The same as {@link #hasMajority} for what needs one replica: whether any is connected, or
     * this node is one.
     */
    public boolean hasReplica() {
        return connections.any().isReached();
    }

    /**
     * Whether no replica was connected for longer than the grace, so that what waits for one is to
     * be refused.
     */
    public boolean isEachGivenUp() {
        return connections.any().isGraceOver();
    }

    /**
     * A replica is taken for dead, though nothing was told of its connection: until it is heard of
     * again it counts as not connected. Nothing becomes unsafe where that is wrong.
     */
    public void onSilence(NodeId silent) {
        connections.onSilence(silent);
    }

    /**
     * Whether what a replica was asked for is still to be waited for, however long it takes:
     * something of what it sends came within that time, and the transport tells where an answer is
     * lost.
     */
    public boolean isSending(NodeId replica, long withinNanos) {
        return context.tellsOfLoss() && node.silenceNanos(replica) < withinNanos;
    }

    /**
     * Runs the listener, on the loop, when a majority is connected again, or a first replica, and
     * when the grace without a majority, or without any, is over.
     */
    public void onConnectionChange(Runnable listener) {
        connections.addListener(listener);
    }

    /**
     * Something waits for replicas. Some transports connect only when there is something to send:
     * sends them something.
     */
    public void seekReplicas() {
        connections.seek();
    }

    /** How each replica is connected, as error texts list it. */
    public Map<NodeId, String> connections() {
        return connections.describe();
    }

    /** Asks what is accepted for a key. */
    public QuorumCall read(RecordKey key, long deadline, Gathering<ReadAnswer> gathering) {
        return read(key, null, deadline, gathering);
    }

    /**
     * Asks what is accepted for a key, and one replica alone for the state: the others tell the
     * ballot {@linkplain ReadAnswer#isBallotAlone() without it}, but for this node's own. Of one
     * that has another ballot the state may be {@linkplain QuorumCall#askForState asked for}, and
     * of any if the sender is silent.
     *
     * @param sender null to ask all for the state
     */
    public QuorumCall read(RecordKey key, @Nullable NodeId sender, long deadline, Gathering<ReadAnswer> gathering) {
        Replica mine = replica;
        ReadAnswer known = mine == null ? ReadAnswer.NOTHING : mine.known(key);
        ReadMethod.Request request = new ReadMethod.Request(key, known.accepted(), sender);
        ReadMethod.Request whole = sender == null ? request : new ReadMethod.Request(key, known.accepted());
        return reads.start(request, whole, key.length(), key.store(), deadline, new ReadCollector(known, gathering));
    }

    /** Asks for the promise to accept no ballot below this one. */
    public QuorumCall prepare(RecordKey key, Ballot ballot, long deadline, Gathering<PrepareAnswer> gathering) {
        return prepare(key, ballot, null, deadline, gathering);
    }

    /**
     * The same, where one replica alone is to send the state, as in {@link #read(RecordKey, NodeId,
     * long, Gathering)}.
     */
    public QuorumCall prepare(
            RecordKey key, Ballot ballot, @Nullable NodeId sender, long deadline, Gathering<PrepareAnswer> gathering) {
        ReplicaMethods.Prepare request = new ReplicaMethods.Prepare(key, ballot, sender);
        ReplicaMethods.Prepare whole = sender == null ? request : new ReplicaMethods.Prepare(key, ballot);
        return prepares.start(request, whole, key.length(), key.store(), deadline, gathering);
    }

    /**
     * Asks to accept a state.
     *
     * @param ballot never used with another state before
     * @param state not to be changed afterwards
     * @param next a ballot to be promised along with it, or {@code ballot} again for none. It is
     *     promised by a replica exactly if its answer says that it is in force
     */
    public QuorumCall accept(
            RecordKey key, Ballot ballot, byte[] state, Ballot next, long deadline, Gathering<AcceptAnswer> gathering) {
        ReplicaMethods.Accept request = new ReplicaMethods.Accept(key, ballot, state, next);
        return accepts.start(request, key.length() + state.length, key.store(), deadline, gathering);
    }

    /**
     * Asks to forget a deleted key. Only to be called once <em>all</em> replicas have said that
     * they accepted this ballot with a {@linkplain #tombstones tombstone}: as long as one has not,
     * it may have an older value and bring it back. A replica that has accepted something else
     * since, or promised a ballot above the floor, leaves the key as it is.
     *
     * <p>The answer is whether nothing is accepted for the key any more.
     *
     * @param ballot which all replicas have accepted
     * @param floor below which no ballot is accepted for the store's absent keys from then on. Its
     *     counter must be at least that of the ballot and whatever the tombstone's state remembers
     *     of batches, which are forgotten with it
     */
    public QuorumCall remove(RecordKey key, Ballot ballot, Ballot floor, long deadline, Gathering<Boolean> gathering) {
        ReplicaMethods.Remove request = new ReplicaMethods.Remove(key, ballot, floor);
        return removes.start(request, key.length(), key.store(), deadline, gathering);
    }

    /**
     * Has this node's replica forget a key for which it has nothing but a promise, by making it a
     * promise for all absent keys of the store. Does nothing if there is more. Always safe, but
     * coordinators with lower ballots are then refused everywhere.
     */
    public void forgetPromise(RecordKey key) {
        Replica mine = replica;
        if (mine != null) {
            mine.deleted().forgetPromise(key);
        }
    }

    /**
     * The keys without a value of this node's replica, those first that were not told of for
     * longest. A key has none if it has a state whose first byte is 0, which is all that replicas
     * look at, or none at all.
     *
     * @param policy of stores under this policy only; one whose states begin otherwise must not ask
     * @param limit up to so many of each store
     * @return none if this node is no replica
     */
    public List<Tombstone> tombstones(String policy, int limit) {
        Replica mine = replica;
        return mine == null ? List.of() : mine.tombstones(policy, limit);
    }

    /** Whether this node's replica has tombstones, of any store and policy. */
    public boolean hasTombstones() {
        Replica mine = replica;
        return mine != null && mine.deleted().any();
    }

    /**
     * Runs the listener on the loop when this node's replica gets a tombstone and had none, and now
     * if it has some.
     */
    public void onFirstTombstone(Runnable listener) {
        Replica mine = replica;
        if (mine != null) {
            mine.deleted().onFirst(listener);
        }
    }

    /**
     * Whether a node has shown this node's replica that it was given the same replicas. What
     * another one was answered must not count for it: its majorities need not share a replica with
     * those of this node. Always true of this node itself.
     */
    public boolean hasSameReplicas(NodeId caller) {
        Replica mine = replica;
        return caller.equals(node.self())
                || (mine != null && mine.identity().introducedNodes().knows(caller));
    }

    /**
     * How many records this node's replica keeps, deleted ones included that were not collected
     * yet; 0 if it is none.
     */
    public int localRecords() {
        Replica mine = replica;
        return mine == null ? 0 : mine.records();
    }

    /** Asks for the value of a key in an eventual store. */
    public QuorumCall fetch(RecordKey key, long deadline, Gathering<Stamped> gathering) {
        return fetches.start(key, key.length(), key.store(), deadline, gathering);
    }

    /**
     * Asks to keep a value unless a later one is there; the answer is the stamp that is there then.
     */
    public QuorumCall merge(RecordKey key, Stamped value, long deadline, Gathering<Stamp> gathering) {
        ReplicaMethods.Merge request = new ReplicaMethods.Merge(key, value);
        byte[] bytes = value.value();
        int size = key.length() + (bytes == null ? 0 : bytes.length);
        return merges.start(request, size, key.store(), deadline, gathering);
    }

    /** Asks for the next keys of a store, and what is accepted for them. */
    public QuorumCall scan(ScanRequest request, long deadline, Gathering<ScanAnswer> gathering) {
        Fanout<ScanRequest, ScanAnswer> call = new Fanout<>(scans, request, request.store(), deadline, gathering);
        call.start();
        return call;
    }

    /**
     * Asks one replica for what it accepted since the last such request. It answers when there is
     * any, at once to the first request of a watch, and after a few seconds in any case.
     *
     * @param then told once: with the answer, or with null if there was none
     */
    public void watch(NodeId replica, WatchRequest request, Consumer<@Nullable WatchAnswer> then) {
        LocalReplica mine = local;
        InlineHandler<WatchRequest, WatchAnswer> own = mine != null && replica.equals(self()) ? mine.watches() : null;
        new WatchPoll(context, stores, watches, request, then).start(replica, own);
    }

    /**
     * Stops the replica and frees its storage; the node stays open. May be called by any thread,
     * also twice.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        LoopCall.await(world(), () -> {
            if (local != null) {
                local.close();
            }
            return this;
        });
    }

    /**
     * Whether a request that was sent is answered, or told to be lost. May be called by any thread.
     */
    public boolean tellsOfLoss() {
        return context.tellsOfLoss();
    }

    /** Who waits for which replica to be heard of. */
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
