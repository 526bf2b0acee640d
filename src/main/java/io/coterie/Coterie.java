package io.coterie;

import io.coterie.consistency.Consistency;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.StoreContext;
import io.coterie.failuredetector.FailureDetector;
import io.coterie.failuredetector.PeerState;
import io.coterie.replication.PolicyMismatchException;
import io.coterie.replication.ReplicaReport;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.Replication;
import io.coterie.replication.Storage;
import io.coterie.replication.StoreSpec;
import io.coterie.rpc.Codec;
import io.coterie.rpc.HostPort;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.RpcNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node of a cluster: a replica, or a client of the replicas. Opens stores, which all nodes of the cluster share.
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
 *     Store<String, String> names = coterie.store("names", Codec.utf8(), Codec.utf8(), Consistency.strong());
 *     names.put("42", "answer");
 * }
 * }</pre>
 *
 * <p>Safe for use by any number of threads.
 */
public final class Coterie implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Coterie.class);

    private static final int MAX_KEY_BYTES = 4 << 10;
    private static final Duration REPORT_TIMEOUT = Duration.ofMillis(300);

    private final String cluster;
    private final Map<NodeId, HostPort> addresses;
    private final @Nullable Storage storage;
    private final Duration operationTimeout;
    private final int maxValueBytes;
    private final RpcNode node;
    private final Replication replication;
    private final FailureDetector detector;
    private final OperationRunner runner;
    private final Coordinations coordinations;
    private final Map<String, OpenStore> stores = new LinkedHashMap<>();
    private boolean closed;

    private record OpenStore(ConsistencyPolicy policy, PolicyStore store) {}

    private Coterie(CoterieBuilder settings, String cluster, Parts parts) {
        this.cluster = cluster;
        this.addresses = new LinkedHashMap<>(settings.replicas);
        this.storage = parts.storage();
        this.operationTimeout = settings.operationTimeout;
        this.maxValueBytes = settings.maxValueBytes;
        this.node = parts.node();
        this.replication = parts.replication();
        this.detector = parts.detector();
        this.runner = new OperationRunner(node.world(), settings.maxOperations);
        this.coordinations = new Coordinations(node, runner, operationTimeout);
    }

    /** A builder without settings. */
    public static CoterieBuilder builder() {
        return new CoterieBuilder();
    }

    static Coterie start(CoterieBuilder settings, String cluster, NodeId self) {
        Coterie coterie = new Coterie(settings, cluster, Parts.start(settings, cluster, self));
        int replicas = settings.replicas.size();
        List<String> warnings = Warnings.of(replicas, coterie.storage);
        log.info(
                "{} {} of cluster {} started; {} replicas, of which strong stores survive the failure of {}; records: {}{}",
                coterie.storage == null ? "client" : "replica",
                self,
                cluster,
                replicas,
                replicas - Consistency.strong().writeQuorum(replicas),
                coterie.storage == null ? "none here" : coterie.storage,
                warnings.isEmpty() ? "" : "; " + String.join("; ", warnings));
        return coterie;
    }

    /** This node's name. */
    public NodeId self() {
        return node.self();
    }

    /**
     * Opens a store, which is made if there is none of that name. Every node that opens it must give the same policy and the
     * same codecs. Waits until as many replicas have recorded it as the policy asks for.
     *
     * @param name 1 to 128 characters
     * @throws PolicyMismatchException if the store was opened with another policy before, at any node
     * @throws io.coterie.replication.QuorumUnavailableException if too few replicas answered in time
     */
    public <K, V> Store<K, V> store(String name, Codec<K> keys, Codec<V> values, ConsistencyPolicy policy) {
        return new BlockingStore<>(open(name, keys, values, policy));
    }

    /**
     * Opens counters, each of them linearizable. They are values of eight bytes in a strong store of that name. Otherwise as
     * {@link #store}.
     */
    public <K> Counters<K> counters(String name, Codec<K> keys) {
        return new TypedCounters<>(open(name, keys, Codec.int64(), Consistency.strong()));
    }

    /**
     * Opens locks, elections, semaphores, latches and counters. They are records of a strong store of that name, which should
     * hold nothing else. Otherwise as {@link #store}.
     */
    public Coordination coordination(String name) {
        return coordinations.of(
                name,
                open(name, Codec.bytes(), Codec.bytes(), Consistency.strong()).store());
    }

    /** How the cluster looks from here. Asks each replica, for at most 300 ms; not to be called on the event loop. */
    public Status status() {
        runner.requireOpen();
        Map<NodeId, ReplicaReport> reports = runner.await(runner.untilClosed(replication.reports(REPORT_TIMEOUT)));
        List<Status.ReplicaStatus> replicas = new ArrayList<>();
        addresses.forEach((id, address) -> {
            ReplicaReport report = reports.getOrDefault(id, new ReplicaReport(null, "not asked"));
            PeerState opinion = id.equals(self()) ? PeerState.UP : detector.state(id);
            replicas.add(new Status.ReplicaStatus(id, address.toString(), opinion, report.state(), report.problem()));
        });
        String kept = storage == null ? null : storage.toString();
        return new Status(
                cluster,
                self(),
                kept,
                Warnings.of(replicas.size(), storage),
                List.copyOf(replicas),
                storeStatus(reports.values()));
    }

    /**
     * Ends the node: operations under way fail, and those that may have been applied say so; records are made durable,
     * threads end, the port and the directory are free when this returns. A second call does nothing.
     */
    @Override
    public void close() {
        synchronized (stores) {
            if (closed) {
                return;
            }
            closed = true;
        }
        coordinations.close();
        endOperations();
        detector.close();
        replication.close();
        node.close();
        log.info("{} of cluster {} closed", self(), cluster);
    }

    /** Waits for the loop even if the thread is interrupted: nothing may be left open. */
    private void endOperations() {
        Runnable end = () -> {
            synchronized (stores) {
                stores.forEach((name, open) -> close(name, open.store()));
            }
            runner.close();
        };
        if (node.world().scheduler().inLoop()) {
            end.run();
        } else {
            CompletableFuture.runAsync(end, node.world().scheduler()::execute).join();
        }
    }

    private static void close(String name, PolicyStore store) {
        try {
            store.close();
        } catch (Throwable e) {
            // Even after an Error the port, the directory and the threads must come free.
            log.error("store {}: its policy threw when it was closed; mend the policy", name, e);
        }
    }

    private List<Status.StoreStatus> storeStatus(Collection<ReplicaReport> reports) {
        int voting = (int) reports.stream().filter(ReplicaReport::isVoting).count();
        int serving = (int) reports.stream().filter(Coterie::isServing).count();
        int replicas = addresses.size();
        List<Status.StoreStatus> status = new ArrayList<>();
        synchronized (stores) {
            stores.forEach((name, open) -> {
                ConsistencyPolicy policy = open.policy();
                int usable = policy.needsVotes() ? voting : serving;
                status.add(new Status.StoreStatus(
                        name,
                        policy.name(),
                        policy.promise(replicas),
                        usable - policy.readQuorum(replicas),
                        usable - policy.writeQuorum(replicas)));
            });
        }
        return List.copyOf(status);
    }

    private static boolean isServing(ReplicaReport report) {
        return report.state() != null && report.state() != ReplicaState.FAILED;
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
        StoreSpec spec = new StoreSpec(name, policy.name());
        OpenStore open;
        synchronized (stores) {
            open = stores.get(name);
        }
        if (open == null) {
            open = openNow(spec, policy);
        }
        if (!open.policy().name().equals(policy.name())) {
            throw new PolicyMismatchException("store \"" + name + "\" is open with policy \""
                    + open.policy().name() + "\" at this node, not \"" + policy.name()
                    + "\". Open it with that policy, or choose another name");
        }
        return new TypedStore<>(runner, name, keyCodec, valueCodec, open.store(), operationTimeout.toNanos());
    }

    private OpenStore openNow(StoreSpec spec, ConsistencyPolicy policy) {
        runner.requireOpen();
        int needed = policy.replicasToOpen(addresses.size());
        runner.await(runner.untilClosed(replication.openStore(spec, needed, operationTimeout)));
        return runner.onLoop(() -> {
            synchronized (stores) {
                return stores.computeIfAbsent(spec.name(), absent -> {
                    log.info("store {}: {}", spec.name(), policy.promise(addresses.size()));
                    return new OpenStore(policy, policy.open(new StoreContext(replication, spec, node.executor())));
                });
            }
        });
    }
}
