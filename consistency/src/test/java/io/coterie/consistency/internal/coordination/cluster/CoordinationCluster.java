package io.coterie.consistency.internal.coordination.cluster;

import io.coterie.consistency.Consistency;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.StoreContext;
import io.coterie.consistency.internal.coordination.node.Coordinator;
import io.coterie.consistency.internal.coordination.node.NodeLeases;
import io.coterie.consistency.internal.coordination.rules.LeaseRules;
import io.coterie.consistency.simulated.cluster.SimulatedStorage;
import io.coterie.replication.Replication;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.spi.Quorums;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Replicas and clients that coordinate through one strong store in a simulated world, each on a
 * clock of its own.
 */
public final class CoordinationCluster {
    private static final Duration OPERATION_TIMEOUT = Duration.ofSeconds(2);

    /** Records go soon, so that most names are made and removed many times in a run. */
    private static final Duration QUIET = Duration.ofMillis(50);

    private static final Duration SWEPT_EVERY = Duration.ofSeconds(3);
    private static final ReplicationOptions OPTIONS = new ReplicationOptions(
                    Duration.ofMillis(200),
                    RetryPolicy.exponential(Duration.ofMillis(5), Duration.ofMillis(500))
                            .withJitter())
            .withRules(Consistency.rules());

    /**
     * How often records go.
     *
     * @param quiet for how long nobody holds a record that is removed
     * @param sweptEvery about how often a store is looked through
     */
    public record Times(Duration quiet, Duration sweptEvery) {}

    /** One start of a node, with its part in coordination. */
    public record Member(
            SimStart start,
            World world,
            Replication replication,
            NodeLeases leases,
            PolicyStore store,
            Coordinator coordinator) {
        public String name() {
            return start.node().id() + "." + start.number();
        }

        public boolean isAwake() {
            return start.isAlive() && !start.node().isPaused();
        }
    }

    private final Simulation simulation;
    private final LeaseRules rules;
    private final SteadyClocks clocks;
    private final Times times;
    private final Consumer<Member> onOpen;
    private final List<NodeId> replicaIds = new ArrayList<>();

    /**
     * Makes the nodes, which are down: replicas named {@code r0, r1 ...} and clients named {@code
     * c0, c1 ...}.
     *
     * @param clocks how wrong each one's clock is
     * @param onOpen is given each start of a node, on its loop
     */
    public CoordinationCluster(
            Simulation simulation,
            int replicaCount,
            int clientCount,
            LeaseRules rules,
            SteadyClocks clocks,
            Consumer<Member> onOpen) {
        this(simulation, replicaCount, clientCount, rules, clocks, new Times(QUIET, SWEPT_EVERY), onOpen);
    }

    /**
     * Makes the nodes, which are down. Records that nobody holds go at times of the test's own.
     */
    public CoordinationCluster(
            Simulation simulation,
            int replicaCount,
            int clientCount,
            LeaseRules rules,
            SteadyClocks clocks,
            Times times,
            Consumer<Member> onOpen) {
        this.simulation = simulation;
        this.rules = rules;
        this.clocks = clocks;
        this.times = times;
        this.onOpen = onOpen;
        for (int i = 0; i < replicaCount; i++) {
            replicaIds.add(NodeId.of("r" + i));
        }
        replicaIds.forEach(id -> simulation.node(id.name(), this::boot));
        for (int i = 0; i < clientCount; i++) {
            simulation.node("c" + i, this::boot);
        }
    }

    private void boot(SimStart start) {
        NodeId self = start.node().id();
        World world = clocks.of(start.world(), simulation.random("drift " + self + start.number()));
        RpcNode node = RpcNode.builder()
                .cluster("simulated")
                .self(self)
                .transport(start.transport())
                .world(world)
                .executor(start.executor())
                .start();
        Replication replication = Replication.start(node, replicaIds, SimulatedStorage.of(start), OPTIONS);
        NodeLeases leases = new NodeLeases();
        start.onStop(() -> {
            replication.close();
            node.close();
        });
        open("coordination", start, world, replication, leases, onOpen);
    }

    /** Has a member coordinate in one more store, too. To be called on its loop. */
    public void openOneMore(Member member, String name, Consumer<Member> onOneMore) {
        open(name, member.start(), member.world(), member.replication(), member.leases(), onOneMore);
    }

    private void open(
            String name,
            SimStart start,
            World world,
            Replication replication,
            NodeLeases leases,
            Consumer<Member> onOpened) {
        StoreSpec spec = new StoreSpec(name, Consistency.strong().name());
        PolicyStore store = Consistency.strong().open(new StoreContext(replication, spec, start.executor()));
        Coordinator coordinator = new Coordinator(
                store,
                world,
                start.executor(),
                start.node().id(),
                OPERATION_TIMEOUT,
                leases,
                rules,
                times.quiet(),
                times.sweptEvery());
        start.onStop(() -> {
            var unused = coordinator.close();
            store.close();
        });
        world.scheduler().execute(() -> {
            var unused = replication.loop().openStore(spec, Quorums.majority(replicaIds.size()), opening -> {
                if (opening.isOpen()) {
                    onOpened.accept(new Member(start, world, replication, leases, store, coordinator));
                }
            });
        });
    }
}
