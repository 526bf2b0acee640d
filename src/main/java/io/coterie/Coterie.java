package io.coterie;

import io.coterie.consistency.Consistency;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.coordination.Coordination;
import io.coterie.failuredetector.FailureDetector;
import io.coterie.internal.coordination.OpenCoordinations;
import io.coterie.internal.operations.CallerLoop;
import io.coterie.internal.operations.OperationLimit;
import io.coterie.internal.operations.OperationRunner;
import io.coterie.internal.readiness.GatedStore;
import io.coterie.internal.readiness.MajorityMonitor;
import io.coterie.internal.readiness.OpenStores;
import io.coterie.internal.readiness.StatusReport;
import io.coterie.internal.settings.Timeouts;
import io.coterie.internal.settings.Warnings;
import io.coterie.internal.snapshots.Snapshots;
import io.coterie.internal.typed.ApiValues;
import io.coterie.internal.typed.BlockingStore;
import io.coterie.internal.typed.TypedCounters;
import io.coterie.internal.typed.TypedStore;
import io.coterie.internal.typed.ValueCodec;
import io.coterie.replication.PolicyMismatchException;
import io.coterie.replication.Replication;
import io.coterie.replication.internal.budget.NodeLoad;
import io.coterie.replication.internal.budget.StoreAdmission;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.NotPermittedException;
import io.coterie.rpc.node.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node of a cluster: a replica, or a client of the replicas. Opens stores, which all nodes of the
 * cluster share.
 *
 * <pre>{@code
 * try (Coterie coterie = Coterie.builder()
 *         .cluster("shop")
 *         .self("a")
 *         .replica("a", "10.0.0.1:7400")
 *         .replica("b", "10.0.0.2:7400")
 *         .replica("c", "10.0.0.3:7400")
 *         .storage(Storage.directory(Path.of("data")))
 *         .start()) {
 *     Store<String, String> names =
 *             coterie.store("names", Codec.utf8(), Codec.utf8(), Consistency.strong());
 *     names.put("42", "answer");
 * }
 * }</pre>
 *
 * <p><em>Threading:</em> safe for use by any number of threads. {@code awaitReady} and {@code
 * status} wait for other nodes, and throw {@link IllegalStateException} on the event loop.
 */
public final class Coterie implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Coterie.class);

    private static final int MAX_KEY_BYTES = RecordKey.MAX_BYTES;

    /** Only this package looks into a scan and makes versions; the stores behind it get this. */
    private static final ApiValues API_VALUES = new ApiValues() {
        @Override
        public <K> ScanBounds<K> boundsOf(Scan<K> scan) {
            return new ScanBounds<>(scan.prefix, scan.from, scan.after, scan.rest);
        }

        @Override
        public <K> Scan<K> restOf(Scan<K> scan, byte[] from) {
            return scan.withRest(from);
        }

        @Override
        public Version version(Ballot ballot) {
            return Version.of(ballot);
        }
    };

    private final String cluster;
    private final Duration operationTimeout;
    private final int maxValueBytes;
    private final RpcNode node;
    private final Replication replication;
    private final FailureDetector detector;
    private final CallerLoop loop;
    private final OperationRunner runner;
    private final MajorityMonitor monitor;
    private final StatusReport status;
    private final OpenCoordinations coordinations;
    private final OpenStores stores;
    private final Members members;
    private final Snapshots snapshots;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Coterie(CoterieBuilder settings, String cluster, NodeComponents components) {
        this.cluster = cluster;
        this.operationTimeout = settings.operationTimeout.get();
        this.maxValueBytes = NodeComponents.maxValueBytes(settings);
        this.node = components.node();
        this.replication = components.replication();
        this.detector = components.detector();
        this.loop = new CallerLoop(node.world(), operationTimeout);
        int maxOperations = settings.maxOperations.get();
        NodeLoad load = StoreAdmission.of(replication.loop()).load();
        OperationLimit limit = new OperationLimit(node.world(), load, maxOperations);
        load.addSource(limit);
        this.runner = new OperationRunner(loop, limit);
        this.stores =
                new OpenStores(replication, node.executor("functions of update"), node.executor("watch listeners"));
        this.monitor = new MajorityMonitor(
                replication, detector, stores::needVotes, LoggerFactory.getLogger(MajorityMonitor.class));
        this.status = new StatusReport(
                cluster, components.storage(), replication, components.changes(), detector, monitor, stores);
        this.members = new Members(NodeReplication.of(replication.loop()), components.changes(), false);
        this.snapshots = new Snapshots(loop, NodeReplication.of(replication.loop()), cluster);
        this.coordinations = new OpenCoordinations(node, loop, maxOperations, operationTimeout);
    }

    /** A builder without options. */
    public static CoterieBuilder builder() {
        return new CoterieBuilder();
    }

    static Coterie start(CoterieBuilder settings, String cluster, NodeId self) {
        NodeComponents components = NodeComponents.start(settings, cluster, self);
        Coterie coterie = new Coterie(settings, cluster, components);
        coterie.node.addFailureListener(coterie::endBecauseOf);
        Storage storage = components.storage();
        boolean searches = NodeReplication.of(coterie.replication.loop()).searchProblem() != null;
        int replicas = searches ? 0 : coterie.replication.replicas().size();
        List<String> warnings = Warnings.of(replicas, storage);
        log.info(
                "{} {} of cluster {} started; {}; records: {}{}",
                storage != null ? "replica" : settings.readOnly ? "reader" : "client",
                self,
                cluster,
                searches
                        ? "it looks for the members"
                        : "strong stores need " + Consistency.strong().writeQuorum(replicas) + " of " + replicas
                                + " replicas",
                storage == null ? "none here" : storage,
                warnings.isEmpty() ? "" : "; " + String.join("; ", warnings));
        coterie.node.world().scheduler().execute(coterie.monitor::start);
        return coterie;
    }

    /**
     * This node's name, as it was given by {@link CoterieBuilder#self} or {@link
     * CoterieBuilder#client}.
     */
    public NodeId self() {
        return node.self();
    }

    /** The members of the cluster, and changes of them. */
    public Members members() {
        return members;
    }

    /**
     * Opens a store, which is made if there is none of that name. Every node that opens it must
     * give the same policy and the same codecs. The same store may be opened any number of times.
     *
     * <p>Returns at once. The store is opened in the background, as soon as enough replicas have
     * recorded it, however late they are started. Operations called before wait for that within
     * their own timeouts, and fail with {@link io.coterie.replication.QuorumUnavailableException}
     * after it. {@link Store#awaitReady} waits for the opening itself. Where the replicas know the
     * store with another policy, the log says so, and each operation throws {@link
     * PolicyMismatchException}.
     *
     * <p>A replica records up to 10,000 stores, and never forgets one. From one node it takes up to
     * 5,000 new stores as long as it runs: 1,000 at once, and one every 10 ms after that. A store
     * beyond that rate is opened later. For each user, tenant or day take a prefix of the keys, not
     * a store.
     *
     * @param name 1 to 128 characters, without control characters and others that do not show
     * @throws IllegalArgumentException if the name is not of that form
     * @throws PolicyMismatchException if this node has opened the store with another policy
     * @throws io.coterie.rpc.error.OverloadedException if this node has opened 10,000 stores
     */
    public <K, V> Store<K, V> store(String name, Codec<K> keys, Codec<V> values, ConsistencyPolicy policy) {
        return new BlockingStore<>(open(name, keys, values, policy));
    }

    /**
     * Opens counters, each of them linearizable. They are values of eight bytes in a strong store
     * of that name. Otherwise as {@link #store}.
     */
    public <K> Counters<K> counters(String name, Codec<K> keys) {
        return new TypedCounters<>(open(name, keys, Codec.int64(), Consistency.strong()));
    }

    /**
     * Opens locks, elections, semaphores and latches. They are records of a strong store of that
     * name, which should hold nothing else. Otherwise as {@link #store}.
     *
     * @throws NotPermittedException if this node is {@linkplain CoterieBuilder#readOnly()
     *     read-only}
     */
    public Coordination coordination(String name) {
        if (replication.isReadOnly()) {
            throw new NotPermittedException("coordination \"" + name
                    + "\": reading its objects may change them, and node " + self()
                    + " is read-only: start it without readOnly(), or use another node");
        }
        return coordinations.of(
                name,
                open(name, Codec.bytes(), Codec.bytes(), Consistency.strong()).store());
    }

    /**
     * Waits until the cluster is whole: until all replicas, asked from now on, answer that they
     * vote, and the stores that this node has opened so far are open. Nobody needs to call this
     * before using a store.
     *
     * <p>It waits for <em>all</em> replicas, though a majority is enough for operations. A new
     * replica votes once others remember it. Until all replicas vote, the failure of one can end
     * operations, and leave the outcome of those in flight unknown. {@link Store#awaitReady} waits
     * for a majority only.
     *
     * @param timeout 0 s or more
     * @throws IllegalArgumentException if the timeout is below zero
     * @throws NotReadyException if that time is over; the text says which replicas are missing, and
     *     why
     * @throws PolicyMismatchException if the replicas know one of the stores with another policy
     */
    public void awaitReady(Duration timeout) {
        loop.requireOffLoop();
        long nanos = Timeouts.checkWait("awaitReady", timeout);
        loop.await(whenReady(nanos), nanos);
    }

    /**
     * Completes when {@link #awaitReady} would return, and waits without a limit. Fails as that
     * would throw.
     */
    public CompletableFuture<@Nullable Void> readyAsync() {
        return whenReady(Timeouts.NO_LIMIT);
    }

    /** {@link #status(Duration)} with a timeout of 1 s. */
    public Status status() {
        return status(MajorityMonitor.LOOK_TIMEOUT);
    }

    /**
     * How the cluster looks from here. Asks each replica, and waits until each has answered, or is
     * found not connected, or the timeout is over.
     *
     * @param timeout how long to wait for a replica that is slow; above 0 s, at most 1 h
     * @throws IllegalArgumentException if the timeout is out of range
     */
    public Status status(Duration timeout) {
        loop.requireOpen();
        Duration patience = Timeouts.check("status", timeout);
        CompletableFuture<Status> asked = replication.reports(patience).thenApply(status::of);
        return loop.await(loop.untilClosed(asked), patience.toNanos());
    }

    /**
     * Has this replica leave the cluster for good, and closes the node: hands all that it has over
     * to the other members, waits until they can do without it, and ends as {@link #close}. Use
     * {@link #close} alone where the replica is to come back.
     *
     * @param timeout how long to wait, 0 s or more. After it the change continues, and the node stays
     *     open: {@link Members#view} shows when it is no member any longer
     * @throws IllegalArgumentException if the timeout is below zero
     * @throws io.coterie.replication.ChangeRefusedException if the others cannot do without it; the
     *     text says what to do. The node stays open, and is a member as before
     * @throws TimeoutException if it has not ended in that time
     * @throws WaitInterruptedException if the thread is interrupted; the change continues
     */
    public void leave(Duration timeout) throws TimeoutException {
        loop.requireOffLoop();
        Duration patience = Duration.ofNanos(Timeouts.checkWait("leave", timeout));
        members.leave().await(patience);
        close();
    }

    /**
     * Writes a file with all that the cluster knows, while it works. {@link Backup} founds a new
     * cluster from it. Waits until it is done, which takes about as long as a new member takes to
     * get all records.
     *
     * <p>It has every write of a strong store that was acknowledged before the call, whatever this
     * replica has missed, because a majority of the members is asked. It may have writes that are
     * made meanwhile, and some that were never acknowledged. Keys are read one after the other, so
     * they do not fit together as at one moment. Of eventual stores it has what the members have
     * that answered.
     *
     * <p>Until it is whole, the file has another name. The file is for the owner of this process
     * alone, and is not encrypted.
     *
     * @param file where it goes; nothing may be there
     * @throws IllegalStateException at a client, and on the event loop
     * @throws NotReadyException if this node's replica does not vote
     * @throws io.coterie.replication.QuorumUnavailableException if no majority of the members
     *     answers for a minute
     * @throws io.coterie.replication.storage.StorageException if there is something at that path,
     *     or it cannot be written
     */
    public Snapshot snapshot(Path file) {
        return loop.await(snapshots.take(file), Timeouts.NO_LIMIT);
    }

    /**
     * Does as {@link #snapshot}, and completes with its result. Whoever cancels or completes the
     * future ends it, and no file is left.
     */
    public CompletableFuture<Snapshot> snapshotAsync(Path file) {
        return snapshots.take(file);
    }

    /**
     * Ends the node. Operations in flight fail, and those that may have been applied say so.
     * Records are made durable, threads end, and the port and the directory are free when this
     * returns. A second call does nothing.
     *
     * <p>Where a user's code holds up the event loop, it is interrupted after some seconds. If it
     * continues even then, which is logged, the port and the loop's thread stay until it ends.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        coordinations.close();
        if (endOperations()) {
            detector.close();
            replication.close();
            node.close();
        } else {
            // What holds the loop up is interrupted now. The rest may then be done on it, or in its
            // place.
            node.close();
            loop.close();
            detector.close();
            replication.close();
        }
        log.info("{} of cluster {} closed", self(), cluster);
    }

    /** The loop cannot continue: all that needs it fails, with that reason. Called on the loop. */
    void endBecauseOf(Throwable failure) {
        loop.endedBy(failure);
        close();
    }

    /**
     * Waits for the loop even if the thread is interrupted: nothing may be left open. Returns
     * whether it continues.
     */
    private boolean endOperations() {
        Runnable end = () -> {
            monitor.close();
            stores.close();
            loop.close();
        };
        return loop.runOnLoop(end);
    }

    private CompletableFuture<@Nullable Void> whenReady(long nanos) {
        return loop.whenNotified((ready, fail) -> {
            long deadline = node.world().clock().nanos() + nanos;
            List<Runnable> leaves = new ArrayList<>();
            leaves.add(monitor.awaitAll(nanos, () -> stores.awaitReady(deadline, ready, fail, leaves::add), fail));
            return () -> leaves.forEach(Runnable::run);
        });
    }

    private <K, V> TypedStore<K, V> open(String name, Codec<K> keys, Codec<V> values, ConsistencyPolicy policy) {
        Objects.requireNonNull(name, "name of the store must not be null");
        Objects.requireNonNull(policy, "policy must not be null");
        ValueCodec<K> keyCodec = new ValueCodec<>(
                "key", keys, MAX_KEY_BYTES, "the most that a key may have: use a shorter one, such as a hash");
        ValueCodec<V> valueCodec = new ValueCodec<>(
                "value",
                values,
                maxValueBytes,
                "the setting of maxValueBytes: store less in one value, or raise it at all nodes");
        GatedStore store = loop.onLoop(() -> stores.open(name, policy));
        return new TypedStore<>(runner, API_VALUES, name, keyCodec, valueCodec, store, operationTimeout.toNanos());
    }
}
