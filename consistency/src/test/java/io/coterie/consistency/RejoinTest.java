package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.rpc.spi.World;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a replica had in flight while it was cut off ends as soon as it is back, however long it was
 * away.
 */
class RejoinTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration AWAY = Duration.ofSeconds(4);
    private static final Duration SOON = Duration.ofMillis(50);
    private static final Duration BEAT = Duration.ofMillis(20);
    private static final int MOMENTS = 20;

    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private final Map<SimNode, World> worlds = new HashMap<>();
    private final List<Result> load = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void operationsOfAReplicaThatWasCutOffEndSoonAfterItIsBack(boolean signalsConnections) {
        for (int moment = 0; moment < MOMENTS; moment++) {
            Simulation simulation = started(moment, signalsConnections);
            SimNode cutOff = simulation.node("r2");
            List<Result> results = new ArrayList<>();
            simulation.network().isolate(cutOff);
            run(cutOff, "a", new Operation.Put(new byte[] {1}), results);
            run(cutOff, "b", new Operation.Get(), results);
            simulation.runFor(AWAY.plusMillis(37L * moment));
            assertTrue(results.isEmpty());

            simulation.network().heal();
            Duration back = simulation.now();
            assertTrue(simulation.runUntil(() -> results.size() == 2, LIMIT));

            Duration took = simulation.now().minus(back);
            assertTrue(took.compareTo(SOON) < 0, "took " + took + " at moment " + moment);
        }
    }

    private Simulation started(int seed, boolean signalsConnections) {
        Simulation simulation = Simulation.create(seed);
        simulation.network().signalsConnections(signalsConnections);
        stores.clear();
        new SimulatedCluster(simulation, 3, 0, SimulatedCluster.Variant.CORRECT, (start, store) -> {
            stores.put(start.node(), store);
            worlds.put(start.node(), start.world());
        });
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> stores.size() == 3, LIMIT));
        simulation.runFor(Duration.ofSeconds(1));
        beat(simulation);
        return simulation;
    }

    /**
     * The others continue meanwhile, and what they ask of all replicas is what the one that returns
     * hears of first.
     */
    private void beat(Simulation simulation) {
        run(simulation.node("r0"), "load", new Operation.Get(), load);
        simulation.after(BEAT, () -> beat(simulation));
    }

    private void run(SimNode node, String key, Operation operation, List<Result> results) {
        node.execute(() -> {
            long deadline = Objects.requireNonNull(worlds.get(node)).clock().nanos() + LIMIT.toNanos();
            byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
            Objects.requireNonNull(stores.get(node)).execute(bytes, operation, deadline, new Completion() {
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
    }
}
