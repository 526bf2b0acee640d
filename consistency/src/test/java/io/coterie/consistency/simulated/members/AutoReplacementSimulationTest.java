package io.coterie.consistency.simulated.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.internal.replica.MemberChanges;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.GroupMember;
import io.coterie.replication.internal.transfer.TransferLimits;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Replicas and spares crash, stop and lose links. Whoever is replaced by itself was down, stopped or
 * cut off for all of the time that was set. The number of members stays, and so does what was
 * written.
 *
 * <p>A longer campaign: {@code -Dcoterie.seeds=N} runs N fresh seeds instead of 20.
 */
class AutoReplacementSimulationTest {
    private static final int FRESH_SEEDS = 20;
    private static final int REPLICAS = 5;
    private static final int STEPS = 60;
    private static final Duration SILENCE = Duration.ofSeconds(20);

    /** What was heard just before counts up to the next question. */
    private static final Duration LEAST = SILENCE.minusSeconds(2);

    private static final Duration SAMPLE = Duration.ofMillis(250);

    private ChangingCluster world = new ChangingCluster(1, Variant.CORRECT);
    private SimRandom random = new SimRandom(1);
    private final List<SimNode> replicas = new ArrayList<>();
    private final Set<List<SimNode>> cuts = new HashSet<>();

    /** Since when a replica is disturbed; those that are not have no entry. */
    private final Map<SimNode, Duration> disturbed = new HashMap<>();

    /**
     * Who was disturbed for the time that was set. It may be well again when it is replaced: what a
     * keeper has accepted can be chosen much later.
     */
    private final Set<SimNode> silent = new HashSet<>();

    private long epoch;
    private int replaced;

    @Test
    void onlyWhoWasSilentForSoLongIsReplaced() {
        long fresh = System.nanoTime() >>> 8;
        int count = Integer.getInteger("coterie.seeds", FRESH_SEEDS);
        System.out.println("fresh seeds: " + fresh + " to " + (fresh + count - 1));
        LongStream.range(fresh, fresh + count).forEach(this::run);
        assertTrue(replaced >= count / 2, replaced + " members were replaced in " + count + " runs");
    }

    private void run(long seed) {
        try {
            begin(seed);
            for (int step = 0; step < STEPS; step++) {
                disturb();
                pass(Duration.ofSeconds(random.nextInt(15)));
            }
            end();
        } catch (Throwable e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    private void begin(long seed) {
        world = new ChangingCluster(
                Simulation.create(seed),
                REPLICAS,
                Variant.CORRECT.withChanges(
                        replication -> MemberChanges.start(replication, "", TransferLimits.DEFAULT, SILENCE)));
        random = world.simulation.random("operator");
        replicas.clear();
        cuts.clear();
        disturbed.clear();
        silent.clear();
        epoch = 1;
        for (int i = 0; i < REPLICAS; i++) {
            replicas.add(world.node("r" + i));
        }
        for (String spare : List.of("s0", "s1", "s2")) {
            replicas.add(world.newcomer(spare, "r0", "r1", "r2", "r3", "r4"));
        }
        world.put("k", "v");
    }

    private SimNode any() {
        return replicas.get(random.nextInt(replicas.size()));
    }

    private void disturb() {
        SimNode node = any();
        if (!node.isUp()) {
            node.start();
        } else if (node.isPaused()) {
            node.resume();
        } else if (random.chance(0.3)) {
            node.crash();
        } else if (random.chance(0.3)) {
            node.pause();
        } else if (random.chance(0.3)) {
            world.simulation.network().heal();
            cuts.clear();
        } else {
            SimNode other = any();
            if (!node.equals(other)) {
                world.simulation.network().cutBoth(node, other);
                cuts.add(List.of(node, other));
            }
        }
    }

    private void pass(Duration time) {
        Duration end = world.simulation.now().plus(time);
        while (world.simulation.now().compareTo(end) < 0) {
            note();
            check();
            world.simulation.runFor(SAMPLE);
        }
    }

    private void note() {
        for (SimNode node : replicas) {
            boolean isWell = node.isUp() && !node.isPaused() && cuts.stream().noneMatch(cut -> cut.contains(node));
            if (isWell) {
                disturbed.remove(node);
            } else {
                Duration now = world.simulation.now();
                disturbed.putIfAbsent(node, now);
                if (now.minus(disturbed.get(node)).compareTo(LEAST) >= 0) {
                    silent.add(node);
                }
            }
        }
    }

    private void check() {
        Configuration newest = replicas.stream()
                .filter(SimNode::isUp)
                .map(node -> world.configuration(node.id().name()))
                .filter(known -> known != null)
                .max(Comparator.comparingLong(Configuration::epoch))
                .orElse(null);
        if (newest == null || newest.epoch() <= epoch) {
            return;
        }
        epoch = newest.epoch();
        if (!newest.isMoving()) {
            assertEquals(REPLICAS, newest.members().size());
            return;
        }
        Set<String> leaving = names(newest.placement().group());
        leaving.removeAll(names(newest.placement().next()));
        for (String name : leaving) {
            replaced++;
            assertTrue(silent.contains(world.node(name)), name + " is replaced, and was never silent for so long");
        }
    }

    private static Set<String> names(List<GroupMember> group) {
        Set<String> names = new TreeSet<>();
        group.forEach(member -> names.add(member.id().node().name()));
        return names;
    }

    private void end() {
        world.simulation.network().heal();
        cuts.clear();
        for (SimNode node : replicas) {
            node.resume();
            if (!node.isUp()) {
                node.start();
            }
        }
        pass(Duration.ofSeconds(120));
        assertEquals("v", world.get("k"));
        Configuration last = world.configuration("r0");
        assertEquals(REPLICAS, last.members().size());
        for (SimNode node : replicas) {
            String name = node.id().name();
            boolean isMember = !last.named(node.id()).isEmpty();
            assertEquals(isMember, world.state(name) == ReplicaState.VOTING, name + " of " + last.members());
        }
    }
}
