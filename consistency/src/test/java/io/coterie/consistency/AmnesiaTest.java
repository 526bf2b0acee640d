package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.spi.World;
import io.coterie.simulation.SimDisk;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A replica votes only if it remembers what it promised. */
class AmnesiaTest {
    /** A replica that loses its records does not become a member again. */
    private static final SimulatedCluster.Variant UNHEALED =
            SimulatedCluster.Variant.CORRECT.withChanges(replication -> null);

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String JOURNAL = "journal-0000000001";
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

    @ParameterizedTest
    @ValueSource(ints = {3, 5})
    void aNewReplicaVotesThoughAnotherLostItsDiskBeforeThat(int replicas) {
        SimulatedCluster cluster =
                new SimulatedCluster(simulation, replicas, 0, SimulatedCluster.Variant.CORRECT, this::opened);
        List<SimNode> nodes = List.copyOf(simulation.nodes());
        nodes.forEach(SimNode::start);
        assertTrue(simulation.runUntil(
                () -> !inState(cluster, nodes, ReplicaState.VOTING).isEmpty(), LIMIT));
        List<SimNode> voting = inState(cluster, nodes, ReplicaState.VOTING);
        List<SimNode> others =
                nodes.stream().filter(node -> !voting.contains(node)).toList();
        assertTrue(others.size() >= 2, () -> "at the same moment vote " + voting);

        SimNode lost = others.get(0);
        nodes.forEach(SimNode::crash);
        lost.disk().wipe();
        nodes.forEach(SimNode::start);

        assertTrue(
                simulation.runUntil(
                        () -> inState(cluster, nodes, ReplicaState.VOTING).size() == replicas - 1, LIMIT),
                () -> cluster.replication(others.get(1)).localProblem());
        assertEquals(List.of(lost), inState(cluster, nodes, ReplicaState.AMNESIAC));
    }

    private static List<SimNode> inState(SimulatedCluster cluster, List<SimNode> nodes, ReplicaState state) {
        return nodes.stream()
                .filter(node -> cluster.replication(node).localState() == state)
                .toList();
    }

    @Test
    void aReplicaWithItsDiskVotesAgainOnceTheOthersAnswered() {
        SimulatedCluster cluster = startedCluster(SimulatedCluster.Variant.CORRECT);
        long before = simulation.nanos();
        node("r0").restart();
        assertEquals(ReplicaState.REGISTERING, cluster.replication(node("r0")).localState());
        awaitVotes(cluster, "r0");
        long attempts = SimulatedCluster.OPTIONS.attemptTimeout().toNanos();
        assertTrue(simulation.nanos() - before < attempts, "it waited for no timeout");
    }

    @Test
    void aMajorityThatIsLeftVotesAgainAfterPowerLoss() {
        SimulatedCluster cluster = startedCluster(SimulatedCluster.Variant.CORRECT);
        simulation.nodes().forEach(SimNode::crash);
        node("r0").start();
        simulation.runFor(LIMIT);
        assertEquals(ReplicaState.REGISTERING, cluster.replication(node("r0")).localState());
        assertTrue(Objects.requireNonNull(cluster.replication(node("r0")).localProblem())
                .contains("votes once a majority, itself included"));
        node("r1").start();
        awaitVotes(cluster, "r0");
        awaitVotes(cluster, "r1");
    }

    @Test
    void anOlderCopyOfADiskDoesNotVoteAndTheLatestDiskDoesAfterwards() {
        SimulatedCluster cluster = startedCluster(UNHEALED);
        node("r0").crash();
        SimDisk.Image older = node("r0").disk().image();
        node("r0").start();
        awaitVotes(cluster, "r0");
        assertTrue(run("r1", new Operation.Put(KEY)).applied());
        node("r0").crash();
        SimDisk.Image latest = node("r0").disk().image();

        node("r0").disk().restore(older);
        node("r0").start();
        simulation.runFor(LIMIT);
        assertOlderCopy(cluster, "r0");
        node("r0").restart();
        simulation.runFor(LIMIT);
        assertOlderCopy(cluster, "r0");

        node("r0").crash();
        node("r0").disk().restore(latest);
        node("r0").start();
        awaitVotes(cluster, "r0");
    }

    @Test
    void anOlderCopyIsFoundOutByTheOnlyOtherThatWasUpAtTheLastStart() {
        SimulatedCluster cluster = startedCluster(UNHEALED);
        SimDisk.Image older = startAgainWithout(cluster, "r2");
        node("r2").start();
        awaitVotes(cluster, "r2");

        node("r0").crash();
        node("r0").disk().restore(older);
        node("r0").start();
        simulation.runFor(LIMIT);
        assertOlderCopy(cluster, "r0");
    }

    @Test
    void anOlderCopyNeverVotesWhereNoMoreReplicasAreAwayThanTheClusterTolerates() {
        SimulatedCluster cluster = startedCluster(SimulatedCluster.Variant.CORRECT, 5);
        SimRandom random = simulation.random("away");
        List<String> others = new ArrayList<>(List.of("r1", "r2", "r3", "r4"));
        for (int i = 0; i < 30; i++) {
            random.shuffle(others);
            List<String> away = others.subList(0, 2);
            away.forEach(name -> node(name).crash());
            node("r0").crash();
            SimDisk.Image older = node("r0").disk().image();
            node("r0").start();
            awaitVotes(cluster, "r0");
            node("r0").crash();
            SimDisk.Image latest = node("r0").disk().image();
            away.forEach(name -> node(name).start());
            String gone = random.pick(others);
            node(gone).crash();

            node("r0").disk().restore(older);
            node("r0").start();
            assertTrue(simulation.runUntil(
                    () -> cluster.replication(node("r0")).localState() != ReplicaState.REGISTERING, LIMIT));
            assertOlderCopy(cluster, "r0");

            node("r0").crash();
            node("r0").disk().restore(latest);
            node("r0").start();
            node(gone).start();
            others.forEach(name -> awaitVotes(cluster, name));
            awaitVotes(cluster, "r0");
        }
    }

    @Test
    void anOlderCopyThatVotesStopsAsSoonAsOneComesBackThatKnowsBetter() {
        SimulatedCluster cluster = startedCluster(SimulatedCluster.Variant.CORRECT);
        SimDisk.Image older = startAgainWithout(cluster, "r2");
        node("r0").crash();
        node("r1").crash();
        node("r2").start();
        node("r0").disk().restore(older);
        node("r0").start();
        awaitVotes(cluster, "r0");

        node("r1").start();
        assertTrue(simulation.runUntil(
                () -> cluster.replication(node("r0")).localState() == ReplicaState.AMNESIAC, LIMIT));
        assertOlderCopy(cluster, "r0");
    }

    @Test
    void aStartThatWasCutShortAtAnyMomentDoesNotMakeTheDiskAnOlderCopy() {
        SimulatedCluster cluster = startedCluster(SimulatedCluster.Variant.CORRECT);
        SimRandom random = simulation.random("deaths");
        for (int i = 0; i < 200; i++) {
            node("r0").crash();
            node("r0").start();
            simulation.runFor(random.between(Duration.ZERO, Duration.ofMillis(40)));
            SimNode other = node(random.chance(0.5) ? "r1" : "r2");
            if (random.chance(0.2)) {
                other.restart();
            }
            assertNotEquals(
                    ReplicaState.AMNESIAC, cluster.replication(node("r0")).localState(), "start " + i);
        }
        awaitVotes(cluster, "r0");
        awaitVotes(cluster, "r1");
        awaitVotes(cluster, "r2");
    }

    /** Starts r0 again while another one is away. Returns its disk from before. */
    private SimDisk.Image startAgainWithout(SimulatedCluster cluster, String away) {
        node(away).crash();
        node("r0").crash();
        SimDisk.Image older = node("r0").disk().image();
        node("r0").start();
        awaitVotes(cluster, "r0");
        return older;
    }

    private void awaitVotes(SimulatedCluster cluster, String name) {
        assertTrue(
                simulation.runUntil(() -> cluster.replication(node(name)).localState() == ReplicaState.VOTING, LIMIT),
                () -> name + ": " + cluster.replication(node(name)).localProblem());
    }

    private void assertOlderCopy(SimulatedCluster cluster, String name) {
        assertEquals(ReplicaState.AMNESIAC, cluster.replication(node(name)).localState());
        String problem = Objects.requireNonNull(cluster.replication(node(name)).localProblem());
        assertTrue(problem.contains("has an older copy of its records"), problem);
        assertTrue(problem.contains("Give it back its own latest directory, never a copy"), problem);
    }

    @Test
    void aReplicaThatLostItsDiskDoesNotVoteAndTheOthersContinue() {
        SimulatedCluster cluster = startedCluster(UNHEALED);
        Result before = run("r1", new Operation.Put(KEY));
        assertTrue(before.applied());
        node("r0").crash();
        node("r0").disk().wipe();
        node("r0").start();
        simulation.runFor(LIMIT);
        assertEquals(ReplicaState.AMNESIAC, cluster.replication(node("r0")).localState());
        assertTrue(Objects.requireNonNull(cluster.replication(node("r0")).localProblem())
                .contains("Give it back its own latest directory"));
        assertEquals(
                KEY.length,
                Objects.requireNonNull(run("r2", new Operation.Get()).value()).length);
        assertEquals(
                KEY.length,
                Objects.requireNonNull(run("r0", new Operation.Get()).value()).length);
    }

    @Test
    void aReplicaWhoseJournalWasCutDoesNotStartAndTheOthersContinue() {
        SimulatedCluster cluster = startedCluster(SimulatedCluster.Variant.CORRECT);
        for (int i = 0; i < 40; i++) {
            assertTrue(run("r" + i % 3, new Operation.Put(KEY)).applied());
        }
        SimNode r0 = node("r0");
        r0.crash();
        assertTrue(run("r1", new Operation.Put(KEY)).applied());
        SimDisk.Image intact = r0.disk().image();
        long size = r0.disk().size(JOURNAL);
        for (long left = size / 2; left > 0; left -= size / 101) {
            r0.disk().restore(intact);
            r0.disk().cut(JOURNAL, left);
            StorageException refusal = assertThrows(StorageException.class, r0::start);
            assertTrue(refusal.getMessage().contains(JOURNAL), refusal::getMessage);
        }
        r0.disk().restore(intact);
        r0.start();
        assertTrue(simulation.runUntil(() -> cluster.replication(r0).localState() == ReplicaState.VOTING, LIMIT));
    }

    @Test
    void aReplicaInMemoryThatRestartsDoesNotVote() {
        SimulatedCluster cluster = startedCluster(UNHEALED.withStorage(start -> Storage.memory()));
        node("r0").restart();
        simulation.runFor(LIMIT);
        assertEquals(ReplicaState.AMNESIAC, cluster.replication(node("r0")).localState());
    }

    private SimulatedCluster startedCluster(SimulatedCluster.Variant variant) {
        return startedCluster(variant, 3);
    }

    private SimulatedCluster startedCluster(SimulatedCluster.Variant variant, int replicas) {
        SimulatedCluster cluster = new SimulatedCluster(simulation, replicas, 0, variant, this::opened);
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
