package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.ReplicaState;
import io.coterie.replication.Storage;
import io.coterie.rpc.World;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A replica votes only if it remembers what it promised. */
class AmnesiaTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);

    private final Simulation simulation = Simulation.create(7);
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private final Map<SimNode, World> worlds = new HashMap<>();

    @Test
    void aNewReplicaVotesOnceEnoughOthersKnowItsIncarnation() {
        SimulatedCluster cluster = cluster(SimulatedCluster.Variant.CORRECT);
        node("r0").start();
        node("r1").start();
        simulation.runFor(LIMIT);
        assertEquals(ReplicaState.REGISTERING, cluster.replication(node("r0")).localState());
        node("r2").start();
        assertTrue(
                simulation.runUntil(() -> cluster.replication(node("r0")).localState() == ReplicaState.VOTING, LIMIT));
    }

    @Test
    void aReplicaWithItsDiskVotesAgainAtOnce() {
        SimulatedCluster cluster = startedCluster(SimulatedCluster.Variant.CORRECT);
        node("r0").restart();
        assertEquals(ReplicaState.VOTING, cluster.replication(node("r0")).localState());
    }

    @Test
    void aReplicaThatLostItsDiskDoesNotVoteAndTheOthersGoOn() {
        SimulatedCluster cluster = startedCluster(SimulatedCluster.Variant.CORRECT);
        Result before = run("r1", new Operation.Put(KEY));
        assertTrue(before.applied());
        node("r0").crash();
        node("r0").disk().wipe();
        node("r0").start();
        simulation.runFor(LIMIT);
        assertEquals(ReplicaState.AMNESIAC, cluster.replication(node("r0")).localState());
        assertTrue(Objects.requireNonNull(cluster.replication(node("r0")).localProblem())
                .contains("Give it back its directory"));
        assertEquals(
                KEY.length,
                Objects.requireNonNull(run("r2", new Operation.Get()).value()).length);
        assertEquals(
                KEY.length,
                Objects.requireNonNull(run("r0", new Operation.Get()).value()).length);
    }

    @Test
    void aReplicaInMemoryThatRestartsDoesNotVote() {
        SimulatedCluster cluster =
                startedCluster(SimulatedCluster.Variant.CORRECT.withStorage(start -> Storage.memory()));
        node("r0").restart();
        simulation.runFor(LIMIT);
        assertEquals(ReplicaState.AMNESIAC, cluster.replication(node("r0")).localState());
    }

    private SimulatedCluster startedCluster(SimulatedCluster.Variant variant) {
        SimulatedCluster cluster = cluster(variant);
        simulation.nodes().forEach(SimNode::start);
        List<SimNode> nodes = List.copyOf(simulation.nodes());
        assertTrue(simulation.runUntil(
                () -> stores.size() == nodes.size()
                        && nodes.stream()
                                .allMatch(node -> cluster.replication(node).localState() == ReplicaState.VOTING),
                LIMIT));
        return cluster;
    }

    private SimulatedCluster cluster(SimulatedCluster.Variant variant) {
        return new SimulatedCluster(simulation, 3, 0, variant, this::opened);
    }

    private void opened(SimStart start, PolicyStore store) {
        stores.put(start.node(), store);
        worlds.put(start.node(), start.world());
    }

    private SimNode node(String name) {
        return simulation.node(name);
    }

    private Result run(String name, Operation operation) {
        List<Result> results = new ArrayList<>();
        SimNode node = node(name);
        node.execute(() -> {
            long deadline = Objects.requireNonNull(worlds.get(node)).clock().nanos() + LIMIT.toNanos();
            Objects.requireNonNull(stores.get(node)).execute(KEY, operation, deadline, new Completion() {
                @Override
                public void complete(Result result) {
                    results.add(result);
                }

                @Override
                public void fail(Throwable error) {
                    throw new AssertionError(error);
                }
            });
        });
        assertTrue(simulation.runUntil(() -> !results.isEmpty(), LIMIT));
        return results.get(0);
    }
}
