package io.coterie.consistency.simulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Replicas that were given different lists never vote together. */
class ReplicaListSimulationTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int SEEDS = 60;

    private static final List<List<NodeId>> LISTS = Stream.of(
                    List.of("r0", "r1", "r2"), List.of("r0", "r1", "r3"), List.of("r0", "r1", "r2", "r3", "r4"))
            .map(names -> names.stream().map(NodeId::of).toList())
            .toList();

    @Test
    void allWhoVoteHaveTheSameList() {
        int votes = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Set<List<NodeId>> voting = listsOfThoseWhoVote(seed);
            assertTrue(voting.size() <= 1, "seed " + seed + ": " + voting);
            votes += voting.size();
        }
        assertTrue(votes > 0, "in some runs enough must have the same list");
    }

    private static Set<List<NodeId>> listsOfThoseWhoVote(long seed) {
        Simulation simulation = Simulation.create(seed);
        SimRandom random = simulation.random("lists");
        SimulatedCluster cluster = new SimulatedCluster(
                simulation,
                5,
                0,
                SimulatedCluster.Variant.CORRECT.withStorage(start -> Storage.memory()),
                (start, store) -> {});
        Map<SimNode, List<NodeId>> lists = new HashMap<>();
        for (SimNode node : simulation.nodes()) {
            List<NodeId> list = LISTS.get((int) random.between(0L, LISTS.size() - 1L));
            if (list.contains(node.id())) {
                lists.put(node, list);
                cluster.list(node, list);
                node.start();
                simulation.runFor(random.between(Duration.ZERO, Duration.ofSeconds(1)));
            }
        }
        simulation.runFor(LIMIT);
        Set<List<NodeId>> voting = new HashSet<>();
        lists.forEach((node, list) -> {
            if (cluster.replication(node).localState() == ReplicaState.VOTING) {
                voting.add(list);
            }
        });
        return voting;
    }

    @Test
    void aDiskKeepsTheMembersOnceTheClusterIsFoundedAndTheListBefore() {
        Simulation simulation = Simulation.create(3);
        SimulatedCluster cluster =
                new SimulatedCluster(simulation, 5, 0, SimulatedCluster.Variant.CORRECT, (start, store) -> {});
        List<SimNode> nodes = List.copyOf(simulation.nodes());
        List<SimNode> members = nodes.subList(0, 3);
        nodes.forEach(node -> cluster.list(node, LISTS.get(0)));
        nodes.subList(0, 2).forEach(SimNode::start);
        simulation.runFor(LIMIT);
        for (SimNode node : nodes.subList(0, 2)) {
            node.crash();
            cluster.list(node, LISTS.get(1));
            RuntimeException refused = assertThrows(RuntimeException.class, node::start);
            assertTrue(String.valueOf(refused.getMessage()).contains("belong to the replicas r0, r1, r2"));
            node.crash();
            cluster.list(node, LISTS.get(0));
        }
        members.forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> vote(cluster, members), LIMIT));

        members.forEach(SimNode::crash);
        cluster.list(nodes.get(0), LISTS.get(1));
        cluster.list(nodes.get(1), LISTS.get(2));
        cluster.list(nodes.get(3), LISTS.get(1));
        nodes.subList(0, 4).forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> vote(cluster, members), LIMIT));
        simulation.runFor(LIMIT);
        for (SimNode node : nodes.subList(0, 4)) {
            assertEquals(LISTS.get(0), cluster.replication(node).replicas(), node.toString());
        }
        assertEquals(ReplicaState.REGISTERING, cluster.replication(nodes.get(3)).localState());
    }

    private static boolean vote(SimulatedCluster cluster, List<SimNode> nodes) {
        return nodes.stream().allMatch(node -> cluster.replication(node).localState() == ReplicaState.VOTING);
    }
}
