package io.coterie.replication.internal.node;

import io.coterie.replication.Opening;
import io.coterie.replication.ReplicaReport;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.ReplicationLoop;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.clock.ClusterTime;
import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.internal.antientropy.AntiEntropy;
import io.coterie.replication.internal.budget.NodeLoad;
import io.coterie.replication.internal.budget.NodeMemory;
import io.coterie.replication.internal.budget.NodeWatches;
import io.coterie.replication.internal.budget.StoreAdmission;
import io.coterie.replication.internal.change.AutoReplacement;
import io.coterie.replication.internal.change.Changes;
import io.coterie.replication.internal.change.Rejoining;
import io.coterie.replication.internal.keepers.NodeConfiguration;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.GroupMember;
import io.coterie.replication.internal.membership.Placement;
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
import io.coterie.replication.internal.replica.ConfigurationRecords;
import io.coterie.replication.internal.replica.LocalReplica;
import io.coterie.replication.internal.replica.Registers;
import io.coterie.replication.internal.replica.Replica;
import io.coterie.replication.internal.transfer.FullRound;
import io.coterie.replication.internal.transfer.TransferLimits;
import io.coterie.replication.internal.wire.BatchMethod;
import io.coterie.replication.internal.wire.ReadMethod;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.ScanMethod;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.PrepareAnswer;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.ScanAnswer;
import io.coterie.replication.spi.ScanRequest;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.replication.spi.Voters;
import io.coterie.replication.storage.Storage;
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
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node's part in replication, on its loop: the one implementation of {@link ReplicationLoop}. The
 * methods that {@link io.coterie.replication.Replication} has, too, may be called by any thread.
 */
public final class NodeReplication implements ReplicationLoop, StoreAdmission {
    private static final long MEMBER_ANSWER_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long SLOW_ANSWER_NANOS = Duration.ofMinutes(1).toNanos();

    private final RpcNode node;
    private final QuorumContext context;
    private final boolean readOnly;
    private final BallotClock ballotClock;
    private final HlcClock hlcClock;
    private final NodeMemory memory = new NodeMemory();
    private final NodeLoad load;
    private final NodeWatches watches;
    private final @Nullable LocalReplica local;
    private final @Nullable Replica replica;
    private final @Nullable Registers registers;
    private final NodeConfiguration configuration;
    private @Nullable Changes changes;
    private @Nullable Rejoining rejoining;
    private @Nullable AutoReplacement replacement;
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

    private NodeReplication(RpcNode node, List<NodeId> replicas, Storage storage, ReplicationOptions options) {
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
                        context::voters,
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
        this.configuration =
                new NodeConfiguration(node, local, replicas, options.addresses(), context.retry(), memberAnswerNanos());
        this.peerRecovery = new PeerRecovery(context);
        this.stores = new OpenedStores(
                context,
                peerRecovery,
                mine == null ? null : mine.stores()::open,
                mine == null ? id -> null : mine.stores()::find);
        this.load = new NodeLoad(clock.nanos(), peerRecovery::isQuorumHeard);
        this.watches = new NodeWatches(node.self(), clock, stores::find);
        this.clockCheck = new ClockCheck(context, time);
        hlcClock.correctBy(clockCheck::correctionMillis);
        context.onOtherConfiguration(configuration::askForNewer);
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
     * Starts replication on a node, as {@link io.coterie.replication.Replication#start} describes
     * it, on the node's loop.
     */
    public static NodeReplication start(
            RpcNode node, List<NodeId> replicas, Storage storage, ReplicationOptions options) {
        NodeReplication started = new NodeReplication(node, replicas, storage, options);
        try {
            started.serve();
        } catch (Throwable e) {
            started.close();
            throw e;
        }
        return started;
    }

    /** What a node's loop has, for the stores of the library. */
    public static NodeReplication of(ReplicationLoop loop) {
        return (NodeReplication) loop;
    }

    public NodeId self() {
        return node.self();
    }

    public List<NodeId> replicas() {
        return context.replicas();
    }

    @Override
    public Voters voters() {
        return context.voters();
    }

    /**
     * From now on requests ask these replicas. All that run begin again with them, where they can,
     * and nothing that was answered before counts. Only to be called on the loop.
     */
    public void changeVoters(Voters voters) {
        context.change(voters);
    }

    /**
     * The listener gets the voters before and after each change, on the loop. It may only bring its
     * own state up to date: others may not have heard of the change yet. What it has to begin it
     * leaves to a later turn of the loop.
     */
    public void onVotersChange(BiConsumer<Voters, Voters> listener) {
        context.onChange(listener);
    }

    public RpcNode node() {
        return node;
    }

    public World world() {
        return node.world();
    }

    public boolean isReadOnly() {
        return readOnly;
    }

    public RetryPolicy retry() {
        return context.retry();
    }

    public @Nullable ReplicaState localState() {
        return local == null ? null : local.state();
    }

    public @Nullable String localProblem() {
        return local == null ? null : local.problem();
    }

    public CompletableFuture<Map<NodeId, ReplicaReport>> reports(Duration timeout) {
        ReportRound round = new ReportRound(context, this::localReport, configuration::heard, timeout.toNanos());
        world().scheduler().execute(round::start);
        return round.result();
    }

    /**
     * How long to wait for an answer about members. Where the transport reports loss, a short wait
     * would only give up answers that are in flight.
     */
    private long memberAnswerNanos() {
        return context.reportsLoss() ? Math.max(MEMBER_ANSWER_NANOS, context.attemptNanos()) : context.attemptNanos();
    }

    private @Nullable ReplicaReport localReport() {
        LocalReplica mine = local;
        return mine == null ? null : mine.report();
    }

    /** Runs the listener on the loop after each adoption, and soon if a configuration is adopted. */
    public void onConfiguration(Consumer<Configuration> listener) {
        world().scheduler().execute(() -> configuration.current().onAdoption(listener));
    }

    /** The configuration that this node has adopted; null before there is one. */
    public @Nullable Configuration configuration() {
        return configuration.current().now();
    }

    /**
     * Where this node reaches a replica, as host and port: as it was given, until a configuration
     * changes that. Null where only a plugged transport knows. Only to be called on the loop.
     */
    public @Nullable String address(NodeId replica) {
        return configuration.address(replica);
    }

    @Override
    public NodeMemory memory() {
        return memory;
    }

    @Override
    public NodeLoad load() {
        return load;
    }

    @Override
    public NodeWatches watches() {
        return watches;
    }

    @Override
    public void requireOpenable(StoreSpec store) {
        stores.requireOpenable(store);
    }

    @Override
    public Opening openStore(StoreSpec store, int needed, Consumer<Opening> onChange) {
        return stores.open(store, needed, onChange);
    }

    @Override
    public @Nullable StoreSpec recordedStore(long id) {
        Replica mine = replica;
        return mine == null ? null : mine.stores().find(id);
    }

    @Override
    public int localRecords() {
        Replica mine = replica;
        return mine == null ? 0 : mine.records();
    }

    /** The keys of this node's replica that have no value. */
    public LocalTombstones tombstones() {
        Registers mine = registers;
        return mine == null ? LocalTombstones.NONE : mine.deleted();
    }

    /**
     * Has this node's replica take in the background what others have and it lacks, for as long as
     * it lives.
     *
     * @param period about the time between two comparisons with another replica
     * @param promisedHigher see {@link AntiEntropy}
     * @return null at a node that is no replica: nothing is done there
     */
    public @Nullable AntiEntropy startAntiEntropy(Duration period, BiConsumer<RecordKey, Ballot> promisedHigher) {
        LocalReplica mine = local;
        if (mine == null) {
            return null;
        }
        // A large copy takes its time on a slow link, and a connection that ends fails the request.
        long answerNanos = context.reportsLoss() ? SLOW_ANSWER_NANOS : 10 * context.attemptNanos();
        AntiEntropy begun = new AntiEntropy(node, mine, context.otherReplicas(), answerNanos, period, promisedHigher);
        context.onChange((before, now) -> begun.change(context.otherReplicas()));
        mine.reportBehind(begun::isBehind);
        begun.start();
        return begun;
    }

    /**
     * Takes part in changes of the members from now on.
     *
     * @param fullRound settles keys on which too few members agree
     * @param address where this node's replica listens; empty where the transport needs none
     * @param autoReplace for how long a member is silent before a spare takes its place; null if that
     *     is left to operators
     * @return null at a node that is no replica: nothing is done there
     */
    public @Nullable Changes startChanges(
            FullRound fullRound, String address, TransferLimits limits, @Nullable Duration autoReplace) {
        LocalReplica mine = local;
        if (mine == null) {
            return null;
        }
        ConfigurationRecords records = mine.replica().configurations();
        Changes begun = new Changes(node, configuration, records, fullRound, limits, context.attemptNanos());
        Rejoining asking =
                new Rejoining(node, configuration, records, address, context.attemptNanos(), mine::waitsToJoin);
        AutoReplacement replacing = new AutoReplacement(node, configuration, records, begun, autoReplace);
        world().scheduler().execute(() -> {
            changes = begun;
            rejoining = asking;
            replacement = replacing;
            begun.start();
            asking.start();
            replacing.start();
        });
        return begun;
    }

    /**
     * Asks one replica for what it has accepted since the last such request. It answers the first
     * request of a watch at once, and later ones when it has accepted something, or after 2 s with
     * nothing.
     *
     * @param then called once on the loop: with the answer, or with null after a failure
     */
    public void watch(NodeId replica, WatchRequest request, Consumer<@Nullable WatchAnswer> then) {
        LocalReplica mine = local;
        InlineHandler<WatchRequest, WatchAnswer> own = mine != null && replica.equals(self()) ? mine.watches() : null;
        new WatchPoll(context, stores, watches, request, then).start(replica, own);
    }

    @Override
    public BallotClock ballotClock() {
        return ballotClock;
    }

    @Override
    public HlcClock hlcClock() {
        return hlcClock;
    }

    @Override
    public long writer() {
        return ballotClock.writer();
    }

    @Override
    public @Nullable String clockProblem() {
        return clockCheck.ownProblem();
    }

    @Override
    public void suspectClocks() {
        clockCheck.suspect();
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

    @Override
    public void onSilence(NodeId silent) {
        connections.onSilence(silent);
    }

    @Override
    public boolean isSilent(NodeId replica) {
        return connections.isSilent(replica);
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

    private void adopted(Configuration adopted) {
        Placement placement = adopted.placement();
        if (placement.since() != context.voters().since()) {
            changeVoters(voters(placement));
        }
    }

    private static Voters voters(Placement placement) {
        List<Voters.Member> group = members(placement.group());
        return placement.isJoint()
                ? Voters.joint(placement.since(), group, members(placement.next()))
                : Voters.stable(placement.since(), group);
    }

    private static List<Voters.Member> members(List<GroupMember> group) {
        return group.stream()
                .map(member -> new Voters.Member(member.id().node(), member.id().incarnation()))
                .toList();
    }

    /** Stops the replica and closes its storage; the node stays open. To be called once. */
    public void close() {
        configuration.stop();
        if (changes != null) {
            changes.stop();
        }
        if (rejoining != null) {
            rejoining.stop();
        }
        if (replacement != null) {
            replacement.stop();
        }
        if (local != null) {
            local.close();
        }
    }

    /** The requests that wait until something arrives from a replica. */
    PeerRecovery peerRecovery() {
        return peerRecovery;
    }

    private void serve() {
        configuration.current().onAdoption(this::adopted);
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
        configuration.start();
    }
}
