package io.coterie.consistency.simulated.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.rpc.spi.World;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A steady load at three replicas, 1 ms away from one another. Each of them in turn is cut off, and
 * killed and started again. No operation takes longer than {@link #LIMIT}, where the time does not
 * count for which its own replica was cut off.
 */
class NoPauseSimulationTest {
    private static final int SEEDS = 2;
    private static final int KEYS = 1000;
    private static final Duration INTERVAL = Duration.ofNanos(2_500_000);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration AWAY = Duration.ofSeconds(2);
    private static final Duration SETTLING = Duration.ofSeconds(3);
    private static final Duration LIMIT = Duration.ofMillis(300);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noOperationWaitsLongThoughReplicasAreCutOffAndRestarted(boolean signalsConnections) {
        for (int seed = 1; seed <= SEEDS; seed++) {
            new Run(seed, signalsConnections).run();
        }
    }

    private static final class Run {
        private final int seed;
        private final Simulation simulation;
        private final Random random;
        private final Map<SimNode, PolicyStore> stores = new HashMap<>();
        private final Map<SimNode, World> worlds = new HashMap<>();

        /** Until when a node was cut off last. */
        private final Map<SimNode, Long> awayUntil = new HashMap<>();

        private final List<String> failures = new ArrayList<>();
        private long slowest;
        private long ended;
        private String stage = "";

        Run(int seed, boolean signalsConnections) {
            this.seed = seed;
            this.random = new Random(seed);
            this.simulation = Simulation.create(seed);
            simulation.network().signalsConnections(signalsConnections);
            Duration way = Duration.ofMillis(1);
            simulation.network().faults(new NetworkFaults(0, 0, way, way, 0, Duration.ZERO));
            new SimulatedCluster(simulation, 3, 0, SimulatedCluster.Variant.CORRECT, (start, store) -> {
                stores.put(start.node(), store);
                worlds.put(start.node(), start.world());
            });
        }

        void run() {
            simulation.nodes().forEach(SimNode::start);
            assertTrue(simulation.runUntil(() -> stores.size() == 3, TIMEOUT));
            List<SimNode> all = List.copyOf(simulation.nodes());
            all.forEach(this::load);
            simulation.runFor(SETTLING);
            for (SimNode victim : all) {
                stage("cut off", victim, this::isolate);
                stage("killed", victim, this::kill);
            }
            assertTrue(ended > 3 * KEYS);
        }

        private void stage(String what, SimNode victim, Consumer<SimNode> fault) {
            stage = "seed " + seed + ", " + victim.id() + " is " + what + ": ";
            fault.accept(victim);
            simulation.runFor(SETTLING);
            assertEquals(List.of(), failures, stage);
            assertTrue(slowest < LIMIT.toNanos(), stage + "an operation took " + Duration.ofNanos(slowest));
        }

        private void isolate(SimNode victim) {
            simulation.network().isolate(victim);
            awayUntil.put(victim, Long.MAX_VALUE);
            simulation.runFor(AWAY);
            simulation.network().heal();
            awayUntil.put(victim, simulation.nanos());
        }

        private void kill(SimNode victim) {
            victim.crash();
            stores.remove(victim);
            simulation.runFor(AWAY);
            victim.start();
        }

        private void load(SimNode node) {
            begin(node);
            simulation.after(INTERVAL, () -> load(node));
        }

        private void begin(SimNode node) {
            PolicyStore store = stores.get(node);
            if (store == null) {
                return;
            }
            byte[] key = ("key" + random.nextInt(KEYS)).getBytes(StandardCharsets.UTF_8);
            Operation operation = random.nextBoolean() ? new Operation.Put(new byte[256]) : new Operation.Get();
            node.execute(() -> {
                long began = simulation.nanos();
                long deadline = Objects.requireNonNull(worlds.get(node)).clock().nanos() + TIMEOUT.toNanos();
                store.execute(key, operation, deadline, new Completion() {
                    @Override
                    public void complete(Result result) {
                        ended++;
                        long from = Math.max(began, awayUntil.getOrDefault(node, 0L));
                        slowest = Math.max(slowest, simulation.nanos() - from);
                    }

                    @Override
                    public void fail(Throwable error) {
                        if (store.equals(stores.get(node))) {
                            failures.add(node.id() + ": " + error);
                        }
                    }
                });
            });
        }
    }
}
