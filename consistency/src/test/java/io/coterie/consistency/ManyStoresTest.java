package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.Opening;
import io.coterie.replication.Replication;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Nodes that open many stores. */
class ManyStoresTest {
    private static final List<NodeId> REPLICAS = List.of(NodeId.of("r0"), NodeId.of("r1"), NodeId.of("r2"));
    private static final int MANY = 1_500;

    private final Simulation simulation = Simulation.create(5);
    private final List<Opening> openings = new ArrayList<>();

    @Test
    void aNodeThatOpensMoreStoresThanIsRecordedAtOnceHasAllOfThemOpenInTheEnd() {
        startWith(MANY);

        assertTrue(simulation.runUntil(() -> open() == MANY, Duration.ofSeconds(30)), this::progress);
    }

    private void startWith(int stores) {
        REPLICAS.forEach(id -> simulation.node(id.name(), start -> onLoop(start, replication -> {})));
        simulation.node(
                "c0",
                start -> onLoop(start, replication -> {
                    for (int i = 0; i < stores; i++) {
                        openings.add(replication.openStore(new StoreSpec("s" + i, "strong"), 2, opening -> {}));
                    }
                }));
        simulation.nodes().forEach(node -> node.start());
    }

    private int open() {
        return (int) openings.stream().filter(Opening::isOpen).count();
    }

    private String progress() {
        return open() + " are open, and another "
                + openings.get(openings.size() - 1).said();
    }

    private static void onLoop(SimStart start, Consumer<NodeReplication> task) {
        RpcNode node = RpcNode.builder()
                .cluster("simulated")
                .self(start.node().id())
                .transport(start.transport())
                .world(start.world())
                .executor(start.executor())
                .start();
        NodeReplication replication =
                NodeReplication.of(Replication.start(node, REPLICAS, Storage.memory(), ReplicationOptions.defaults())
                        .loop());
        task.accept(replication);
    }
}
