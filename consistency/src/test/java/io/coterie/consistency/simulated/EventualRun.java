package io.coterie.consistency.simulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.simulated.checks.FailureTexts;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import io.coterie.simulation.faults.FaultPlan;
import io.coterie.simulation.faults.Nemesis;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One simulated run of an eventual store that is written at all nodes under faults, all of it drawn
 * from one seed.
 */
public final class EventualRun {
    private static final int KEYS = 5;
    private static final Duration FAULTY = Duration.ofSeconds(20);

    /** Longer than a clock may have been ahead: until then its timestamps are refused by others. */
    private static final Duration SETTLE = Duration.ofMinutes(2);

    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private final Simulation simulation;
    private final Map<SimNode, SimStart> starts = new HashMap<>();
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private final Map<String, Set<String>> seen = new HashMap<>();
    private boolean writing = true;
    private int answered;

    public EventualRun(long seed) {
        simulation = Simulation.create(seed);
        simulation.network().signalsConnections(simulation.random("connections").chance(0.5));
        SimulatedCluster cluster =
                new SimulatedCluster(simulation, 3, 1, SimulatedCluster.Variant.EVENTUAL, this::opened);
        simulation.nodes().forEach(SimNode::start);
        cluster.awaitFounding(simulation);
    }

    /** Runs it; replicas must agree in the end. */
    public void check() {
        FaultPlan plan = FaultPlan.draw(simulation.random("plan"), 1);
        Nemesis.unleash(simulation, List.copyOf(simulation.nodes()), plan, FAULTY);
        simulation.runFor(FAULTY);
        writing = false;
        simulation.runFor(SETTLE);
        readAll();
        simulation.runFor(SETTLE);
        seen.clear();
        readAll();
        simulation.runFor(SETTLE);
        assertTrue(answered > 30, () -> simulation + ": only " + answered + " operations were answered");
        assertEquals(KEYS, seen.size(), simulation::toString);
        seen.forEach((key, values) -> assertEquals(1, values.size(), () -> simulation + ": " + key + " is " + values));
    }

    private void opened(SimStart start, PolicyStore store) {
        starts.put(start.node(), start);
        stores.put(start.node(), store);
        write(start, store, simulation.random("client " + start));
    }

    private void write(SimStart start, PolicyStore store, SimRandom random) {
        long pause = random.between(Duration.ZERO, Duration.ofMillis(200)).toNanos();
        start.world().scheduler().schedule(pause, () -> {
            if (writing) {
                String key = "key" + random.nextInt(KEYS);
                String value = start + " " + simulation.nanos();
                execute(start, store, key, draw(random, value), new Completion() {
                    @Override
                    public void complete(Result result) {
                        answered++;
                        write(start, store, random);
                    }

                    @Override
                    public void fail(Throwable error) {
                        FailureTexts.note(error);
                        write(start, store, random);
                    }
                });
            }
        });
    }

    private static Operation draw(SimRandom random, String value) {
        double kind = random.nextDouble();
        if (kind < 0.2) {
            return new Operation.Delete();
        }
        return kind < 0.3 ? new Operation.Get() : new Operation.Put(bytes(value));
    }

    /** Reads each key at each node, so that whatever lags behind is repaired. */
    private void readAll() {
        for (int i = 0; i < KEYS; i++) {
            String key = "key" + i;
            stores.forEach((node, store) ->
                    node.execute(() -> execute(starts.get(node), store, key, new Operation.Get(), new Completion() {
                        @Override
                        public void complete(Result result) {
                            byte[] value = result.value();
                            seen.computeIfAbsent(key, absent -> new HashSet<>())
                                    .add(value == null ? "absent" : new String(value, StandardCharsets.UTF_8));
                        }

                        @Override
                        public void fail(Throwable error) {
                            throw new AssertionError(
                                    simulation + ": a read failed after all faults were healed", error);
                        }
                    })));
        }
    }

    private static void execute(
            SimStart start, PolicyStore store, String key, Operation operation, Completion completion) {
        long deadline = start.world().clock().nanos() + TIMEOUT.toNanos();
        store.execute(bytes(key), operation, deadline, completion);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
