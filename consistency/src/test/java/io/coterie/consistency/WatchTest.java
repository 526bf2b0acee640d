package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A watch at certain bad moments. */
class WatchTest {
    private static final int KEYS = 2_000;

    private final Simulation simulation = Simulation.create(1);
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private int written;

    WatchTest() {
        new SimulatedCluster(
                simulation, 3, 1, SimulatedCluster.Variant.CORRECT, (start, store) -> stores.put(start.node(), store));
        simulation.network().faults(NetworkFaults.none().withDelay(Duration.ofMillis(1), Duration.ofMillis(1)));
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> stores.size() == 4, Duration.ofMinutes(1)));
        SimNode client = simulation.node("c0");
        client.execute(() -> put(client, 0));
        assertTrue(simulation.runUntil(() -> written == KEYS, Duration.ofMinutes(1)));
    }

    private void put(SimNode client, int number) {
        byte[] key = key(number).getBytes(StandardCharsets.UTF_8);
        long deadline = Long.MAX_VALUE / 2;
        stores.get(client).execute(key, new Operation.Put(key), deadline, new Completion() {
            @Override
            public void complete(Result result) {
                written++;
                if (number + 1 < KEYS) {
                    put(client, number + 1);
                }
            }

            @Override
            public void fail(Throwable error) {
                throw new AssertionError(error);
            }
        });
    }

    private static String key(int number) {
        return "k" + number;
    }

    private void watch(KeyListener listener) {
        SimNode client = simulation.node("c0");
        client.execute(() -> stores.get(client).watch(new byte[] {'k'}, false, KEYS, listener));
    }

    @Test
    void oneReplicaDiesAndAnotherReturnsInTheMiddleOfTheFirstReading() {
        simulation.node("r2").crash();
        ToldStates told = new ToldStates();
        watch(told);
        assertTrue(simulation.runUntil(() -> told.changes() > 0, Duration.ofSeconds(20)));
        simulation.node("r1").crash();
        simulation.node("r2").start();
        assertTrue(told.changes() < KEYS);
        simulation.runFor(Duration.ofSeconds(30));
        assertEquals(KEYS, told.changes());
    }
}
