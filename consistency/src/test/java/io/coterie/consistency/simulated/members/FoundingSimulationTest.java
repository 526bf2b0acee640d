package io.coterie.consistency.simulated.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Replicas found their cluster once. They agree on the first configuration, and no replica that has
 * lost its disk founds a second cluster while another one remembers the first.
 *
 * <p>A longer campaign: {@code -Dcoterie.seeds=N} runs N fresh seeds instead of 50.
 */
class FoundingSimulationTest {
    private static final int FRESH_SEEDS = 50;
    private static final Duration LONG = Duration.ofSeconds(60);

    private Simulation simulation = Simulation.create(1);
    private SimulatedCluster cluster = replicas(3);

    private SimulatedCluster replicas(int count) {
        return new SimulatedCluster(simulation, count, 0, Variant.CORRECT, (start, store) -> {});
    }

    private SimNode node(int number) {
        return simulation.node("r" + number);
    }

    private Configuration configuration(int number) {
        return node(number).isUp() ? cluster.loop(node(number)).configuration() : null;
    }

    private ReplicaState state(int number) {
        return cluster.replication(node(number)).localState();
    }

    private void runUntilAllVote(int... numbers) {
        assertTrue(
                simulation.runUntil(
                        () -> IntStream.of(numbers).allMatch(number -> state(number) == ReplicaState.VOTING), LONG),
                () -> "not all vote: "
                        + IntStream.of(numbers)
                                .mapToObj(number ->
                                        cluster.replication(node(number)).localProblem())
                                .toList());
    }

    private void startAll() {
        for (int i = 0; i < 3; i++) {
            node(i).start();
        }
        runUntilAllVote(0, 1, 2);
    }

    @Test
    void allReplicasAgreeOnTheFirstConfiguration() {
        startAll();
        Configuration first = configuration(0);
        assertEquals(1, first.epoch());
        assertEquals(3, first.members().size());
        assertEquals(first, configuration(1));
        assertEquals(first, configuration(2));
    }

    @Test
    void nobodyFoundsAClusterWithoutOneOfTheReplicas() {
        node(0).start();
        node(1).start();
        simulation.runFor(LONG);
        assertNull(configuration(0));
        assertEquals(ReplicaState.REGISTERING, state(1));
        node(2).start();
        runUntilAllVote(0, 1, 2);
    }

    @Test
    void aConfigurationOutlivesTheProcess() {
        startAll();
        Configuration first = configuration(0);
        for (int i = 0; i < 3; i++) {
            node(i).crash();
        }
        node(1).start();
        simulation.runFor(Duration.ofSeconds(1));
        assertEquals(first, configuration(1), "alone");
    }

    @Test
    void aReplicaThatLostItsDiskFoundsNoSecondCluster() {
        startAll();
        Configuration first = configuration(0);
        for (int i = 0; i < 3; i++) {
            node(i).crash();
        }
        node(0).disk().wipe();
        node(1).disk().wipe();
        node(0).start();
        node(1).start();
        simulation.runFor(LONG);
        assertNull(configuration(0), "two of three are lost, and the third may remember");
        node(2).start();
        simulation.runFor(LONG);
        assertEquals(first, configuration(0));
        assertEquals(ReplicaState.AMNESIAC, state(0));
        assertEquals(ReplicaState.AMNESIAC, state(1));
    }

    /**
     * Replicas crash, restart and lose a disk while they found a cluster. All that adopt
     * something have the same, also when one that lost its disk has become a member again.
     */
    @Test
    void whateverHappensThereIsOneFirstConfiguration() {
        long fresh = System.nanoTime() >>> 8;
        int count = Integer.getInteger("coterie.seeds", FRESH_SEEDS);
        System.out.println("fresh seeds: " + fresh + " to " + (fresh + count - 1));
        long founded = LongStream.range(fresh, fresh + count)
                .filter(this::hasOneConfiguration)
                .count();
        assertTrue(founded > count / 2, founded + " of " + count + " founded a cluster");
    }

    /** Returns whether a cluster was founded. */
    private boolean hasOneConfiguration(long seed) {
        simulation = Simulation.create(seed);
        int size = 1 + Math.floorMod(seed, 4);
        cluster = replicas(size);
        SimRandom random = simulation.random("faults");
        Map<Long, Configuration> adopted = new HashMap<>();
        boolean wiped = false;
        for (int step = 0; step < 60; step++) {
            SimNode node = node(Math.floorMod(random.nextLong(), size));
            if (!node.isUp()) {
                // One disk is lost at most, so that somebody remembers.
                if (!wiped && size > 1 && random.nextLong() % 8 == 0) {
                    node.disk().wipe();
                    wiped = true;
                }
                node.start();
            } else if (random.nextLong() % 3 == 0) {
                node.crash();
            }
            simulation.runFor(Duration.ofMillis(Math.floorMod(random.nextLong(), 400)));
            note(size, adopted, seed);
        }
        for (int i = 0; i < size; i++) {
            if (!node(i).isUp()) {
                node(i).start();
            }
        }
        simulation.runFor(LONG);
        note(size, adopted, seed);
        return !adopted.isEmpty();
    }

    private void note(int size, Map<Long, Configuration> adopted, long seed) {
        for (int i = 0; i < size; i++) {
            Configuration found = configuration(i);
            if (found != null) {
                Configuration other = adopted.putIfAbsent(found.epoch(), found);
                assertTrue(other == null || other.equals(found), () -> "seed " + seed + ": " + other + ", " + found);
                adopted.values().forEach(each -> assertEquals(each.cluster(), found.cluster(), () -> "seed " + seed));
            }
        }
    }
}
