package io.coterie.consistency.simulated.cluster;

import io.coterie.consistency.Consistency;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.StoreContext;
import io.coterie.consistency.internal.eventual.EventualPolicy;
import io.coterie.consistency.internal.eventual.EventualStore;
import io.coterie.consistency.internal.fetch.StateSenders;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.replica.CopyRepair;
import io.coterie.consistency.internal.replica.MemberChanges;
import io.coterie.consistency.internal.replica.SettlingReads;
import io.coterie.consistency.internal.replica.TombstoneCollector;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.internal.strong.StrongStore;
import io.coterie.replication.Opening;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.Replication;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.internal.change.Changes;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.internal.transfer.TransferLimits;
import io.coterie.replication.spi.Quorums;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Replicas and clients of one strong store in a simulated world: the classes of production on
 * another world.
 */
public final class SimulatedCluster {
    public static final ReplicationOptions OPTIONS = new ReplicationOptions(
                    Duration.ofMillis(200),
                    RetryPolicy.exponential(Duration.ofMillis(5), Duration.ofMillis(500))
                            .withJitter())
            .withRules(Consistency.rules());

    /** What of a node can be replaced by something broken. */
    public record Variant(
            String policy,
            Function<SimStart, Storage> storage,
            Function<StoreContext, PolicyStore> store,
            BiConsumer<Replication, Duration> collector,
            Duration collection,
            ReplicationOptions options,
            BiFunction<Replication, TransferLimits, @Nullable Changes> changes,
            TransferLimits limits,
            UnaryOperator<RpcNode> node) {
        public static final Variant CORRECT = new Variant(
                "strong",
                SimulatedStorage::of,
                StrongStore::new,
                TombstoneCollector::start,
                RegisterState.MIN_TOMBSTONE_AGE,
                OPTIONS,
                (replication, limits) -> MemberChanges.start(replication, "", limits),
                TransferLimits.DEFAULT,
                UnaryOperator.identity());
        public static final Variant EVENTUAL = new Variant(
                "eventual",
                SimulatedStorage::of,
                EventualStore::new,
                TombstoneCollector::start,
                RegisterState.MIN_TOMBSTONE_AGE,
                OPTIONS,
                (replication, limits) -> MemberChanges.start(replication, "", limits),
                TransferLimits.DEFAULT,
                UnaryOperator.identity());

        public Variant withStorage(Function<SimStart, Storage> other) {
            return new Variant(policy, other, store, collector, collection, options, changes, limits, node);
        }

        public Variant withStore(Function<StoreContext, PolicyStore> other) {
            return new Variant(policy, storage, other, collector, collection, options, changes, limits, node);
        }

        /** Stores have this policy, which may name quorums. */
        public Variant withPolicy(String other) {
            return new Variant(other, storage, store, collector, collection, options, changes, limits, node);
        }

        /** Coordinators keep to these rules; each node has its own. */
        public Variant withRules(Function<StoreContext, ConsensusRules> rules) {
            return withStore(context -> new StrongStore(context, rules.apply(context), true, StateSenders.LARGE_BYTES));
        }

        public Variant withCollector(BiConsumer<Replication, Duration> other) {
            return new Variant(policy, storage, store, other, collection, options, changes, limits, node);
        }

        /**
         * Replicas take from one another what they lack, too, about once in each period.
         *
         * @param started gets the repair of each start of a node
         */
        public Variant withCopyRepair(Duration repairPeriod, Consumer<CopyRepair> started) {
            return withCollector((replication, period) -> {
                collector.accept(replication, period);
                started.accept(CopyRepair.start(replication, repairPeriod));
            });
        }

        public Variant withCollection(Duration period) {
            return new Variant(policy, storage, store, collector, period, options, changes, limits, node);
        }

        /** Replicas take whatever they are sent. */
        public Variant withoutRules() {
            return new Variant(
                    policy, storage, store, collector, collection, options.withRules(Map.of()), changes, limits, node);
        }

        public Variant withAttemptTimeout(Duration timeout) {
            return new Variant(
                    policy,
                    storage,
                    store,
                    collector,
                    collection,
                    new ReplicationOptions(timeout, OPTIONS.retry()).withRules(options.rules()),
                    changes,
                    limits,
                    node);
        }

        public Variant withMajorityGrace(Duration grace) {
            return new Variant(
                    policy,
                    storage,
                    store,
                    collector,
                    collection,
                    new ReplicationOptions(OPTIONS.attemptTimeout(), OPTIONS.retry(), grace, options.rules()),
                    changes,
                    limits,
                    node);
        }

        /** Between the network and everything else on a node. */
        public Variant withNode(UnaryOperator<RpcNode> other) {
            return new Variant(policy, storage, store, collector, collection, options, changes, limits, other);
        }

        /** How replicas take part in changes of the members. */
        public Variant withChanges(Function<Replication, @Nullable Changes> other) {
            return with((replication, unused) -> other.apply(replication));
        }

        /**
         * The same, seen by a test.
         *
         * @param started gets each start of a node, before it takes part in changes
         */
        public Variant withObserved(Consumer<Replication> started) {
            return with((replication, given) -> {
                started.accept(replication);
                return changes.apply(replication, given);
            });
        }

        private Variant with(BiFunction<Replication, TransferLimits, @Nullable Changes> other) {
            return new Variant(policy, storage, store, collector, collection, options, other, limits, node);
        }

        /** How records are transferred, unless the changes are others. */
        public Variant withLimits(TransferLimits other) {
            return new Variant(policy, storage, store, collector, collection, options, changes, other, node);
        }
    }

    private final Variant variant;
    private final BiConsumer<SimStart, RpcNodeBuilder> settings;
    private final BiConsumer<SimStart, PolicyStore> onOpen;
    private final List<NodeId> replicaIds = new ArrayList<>();
    private final Map<NodeId, Replication> replications = new HashMap<>();
    private final Map<NodeId, Opening> openings = new HashMap<>();
    private final Map<NodeId, List<NodeId>> lists = new HashMap<>();
    private final Map<NodeId, List<HostPort>> joining = new HashMap<>();
    private final Map<NodeId, Changes> changes = new HashMap<>();
    private final Set<NodeId> readers = new HashSet<>();

    /**
     * Makes the nodes, which are down: replicas named {@code r0, r1 ...} and clients named {@code
     * c0, c1 ...}.
     *
     * @param onOpen is given the store at each start of a node, on its loop
     */
    public SimulatedCluster(
            Simulation simulation,
            int replicaCount,
            int clientCount,
            Variant variant,
            BiConsumer<SimStart, PolicyStore> onOpen) {
        this(
                simulation,
                replicaCount,
                clientCount,
                variant,
                (start, node) -> node.world(start.world()).transport(start.transport()),
                onOpen);
    }

    /**
     * Makes the nodes, which are down, with settings of the test's own.
     *
     * @param settings what nodes are to have besides the name and the executor of their start: a
     *     world and a transport at least
     */
    public SimulatedCluster(
            Simulation simulation,
            int replicaCount,
            int clientCount,
            Variant variant,
            BiConsumer<SimStart, RpcNodeBuilder> settings,
            BiConsumer<SimStart, PolicyStore> onOpen) {
        this.variant = variant;
        this.settings = settings;
        this.onOpen = onOpen;
        for (int i = 0; i < replicaCount; i++) {
            replicaIds.add(NodeId.of("r" + i));
        }
        replicaIds.forEach(id -> simulation.node(id.name(), this::boot));
        for (int i = 0; i < clientCount; i++) {
            simulation.node("c" + i, this::boot);
        }
    }

    /**
     * Makes a node that is to become a replica. It is down, and is given these replicas, of which
     * it is one.
     */
    public SimNode newcomer(Simulation simulation, String name, List<NodeId> replicas) {
        SimNode node = simulation.node(name, this::boot);
        list(node, replicas);
        return node;
    }

    /** Runs until all nodes know the first configuration, and its replicas vote. */
    public void awaitFounding(Simulation simulation) {
        boolean founded = simulation.runUntil(
                () -> simulation.nodes().stream()
                        .allMatch(node -> loop(node).configuration() != null
                                && (loop(node).localState() == null
                                        || loop(node).localState() == ReplicaState.VOTING)),
                Duration.ofMinutes(1));
        if (!founded) {
            throw new AssertionError("the replicas do not found a cluster");
        }
    }

    /** A replica's part in changes of the members, since its last start. */
    public Changes changes(SimNode node) {
        return Objects.requireNonNull(changes.get(node.id()));
    }

    /** A node's part in replication since its last start. */
    public Replication replication(SimNode node) {
        return Objects.requireNonNull(replications.get(node.id()));
    }

    /** What only a node's loop may call, since its last start. */
    public NodeReplication loop(SimNode node) {
        return NodeReplication.of(replication(node).loop());
    }

    /** How the store of a node's last start comes to be open; null before the first. */
    @Nullable
    public Opening opening(SimNode node) {
        return openings.get(node.id());
    }

    /** From its next start on, a node is given these replicas. */
    public void list(SimNode node, List<NodeId> replicas) {
        lists.put(node.id(), replicas);
    }

    /**
     * From its next start on, a node is given these replicas, and looks for members where these
     * nodes are. It is given no names for them.
     */
    public void join(SimNode node, List<NodeId> replicas, List<String> addresses) {
        list(node, replicas);
        joining.put(
                node.id(),
                addresses.stream().map(host -> new HostPort(host, 7400)).toList());
    }

    /**
     * From its next start on, a node only reads, and the replicas that start from now on hold it to
     * that.
     */
    public void onlyReads(NodeId client) {
        readers.add(client);
    }

    private ReplicationOptions optionsOf(SimNode node) {
        return variant.options()
                .withReadOnly(readers.contains(node.id()))
                .withJoining(joining.getOrDefault(node.id(), List.of()));
    }

    private int replicasToOpen(int replicas) {
        return variant.policy().equals(EventualPolicy.INSTANCE.name())
                ? EventualPolicy.INSTANCE.replicasToOpen(replicas)
                : Quorums.majority(replicas);
    }

    private void boot(SimStart start) {
        RpcNodeBuilder builder =
                RpcNode.builder().cluster("simulated").self(start.node().id()).executor(start.executor());
        if (readers.isEmpty()) {
            settings.accept(start, builder);
        } else {
            builder.world(start.world()).transport(new RoledTransport(start.transport(), Set.copyOf(readers)));
        }
        RpcNode node = variant.node().apply(builder.start());
        List<NodeId> listed = lists.getOrDefault(start.node().id(), replicaIds);
        Replication replication =
                Replication.start(node, listed, variant.storage().apply(start), optionsOf(start.node()));
        replications.put(start.node().id(), replication);
        variant.collector().accept(replication, variant.collection());
        if (!readers.isEmpty()) {
            SettlingReads.start(replication);
        }
        StoreSpec spec = new StoreSpec("store", variant.policy());
        PolicyStore store = variant.store().apply(new StoreContext(replication, spec, start.executor()));
        start.onStop(() -> {
            store.close();
            replication.close();
            node.close();
        });
        start.world().scheduler().execute(() -> {
            Changes begun = variant.changes().apply(replication, variant.limits());
            if (begun != null) {
                changes.put(start.node().id(), begun);
            }
            openings.put(
                    start.node().id(),
                    replication
                            .loop()
                            .openStore(
                                    spec, replicasToOpen(replication.replicas().size()), opening -> {
                                        if (opening.isOpen()) {
                                            onOpen.accept(start, store);
                                        }
                                    }));
        });
    }
}
