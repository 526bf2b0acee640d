package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.internal.strong.StrongStore;
import io.coterie.consistency.simulated.checks.DeliveredStates;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.rpc.spi.Scheduler;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A watch at certain bad moments. */
class WatchTest {
    private static final int KEYS = 2_000;
    private static final byte[] NEW = {1};

    private final Simulation simulation = Simulation.create(1);
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private int written;

    WatchTest() {
        SimulatedCluster.Variant slow = SimulatedCluster.Variant.CORRECT.withStore(WatchTest::withSlowUserCode);
        new SimulatedCluster(simulation, 3, 1, slow, (start, store) -> stores.put(start.node(), store));
        simulation.network().faults(NetworkFaults.none().withDelay(Duration.ofMillis(1), Duration.ofMillis(1)));
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> stores.size() == 4, Duration.ofMinutes(1)));
        SimNode client = simulation.node("c0");
        client.execute(() -> put(client, 0));
        assertTrue(simulation.runUntil(() -> written == KEYS, Duration.ofMinutes(1)));
    }

    /** A store whose listeners take a while. */
    private static PolicyStore withSlowUserCode(StoreContext context) {
        Scheduler scheduler = context.world().scheduler();
        Executor slow = task -> scheduler.schedule(Duration.ofMillis(20).toNanos(), task);
        return new StrongStore(context.withUserCode(slow));
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

    private void watch(int queue, KeyListener listener) {
        SimNode client = simulation.node("c0");
        client.execute(() -> stores.get(client).watch(new byte[] {'k'}, false, queue, listener));
    }

    @Test
    void oneReplicaDiesAndAnotherReturnsInTheMiddleOfTheFirstReading() {
        simulation.node("r2").crash();
        DeliveredStates delivered = new DeliveredStates();
        watch(KEYS, delivered);
        assertTrue(simulation.runUntil(() -> delivered.changes() > 0, Duration.ofSeconds(20)));
        simulation.node("r1").crash();
        simulation.node("r2").start();
        assertTrue(delivered.changes() < KEYS);
        simulation.runFor(Duration.ofSeconds(30));
        assertEquals(KEYS, delivered.changes());
    }

    @Test
    void aSlowListenerGetsManyKeysAtItsOwnPace() {
        DeliveredStates delivered = new DeliveredStates();
        long sentBefore = simulation.network().sent();
        watch(16, delivered);
        assertTrue(simulation.runUntil(() -> delivered.changes() >= KEYS, Duration.ofMinutes(1)));
        assertEquals(KEYS, delivered.changes());
        long sent = simulation.network().sent() - sentBefore;
        assertTrue(sent < 10L * KEYS, sent + " messages for " + KEYS + " keys");
    }

    @Test
    void whatASlowListenerMissedIsReadAtItsOwnPace() {
        DeliveredStates delivered = new DeliveredStates();
        watch(16, delivered);
        assertTrue(simulation.runUntil(() -> delivered.changes() >= KEYS, Duration.ofMinutes(1)));
        SimNode client = simulation.node("c0");
        long sentBefore = simulation.network().sent();
        for (int i = 0; i < KEYS; i++) {
            int number = i;
            client.execute(() -> putNew(client, number));
        }
        assertTrue(
                simulation.runUntil(() -> newStatesOf(delivered) == KEYS, Duration.ofMinutes(1)),
                () -> "" + newStatesOf(delivered));
        long sent = simulation.network().sent() - sentBefore;
        assertTrue(sent < 50L * KEYS, sent + " messages for " + KEYS + " keys");
    }

    private void putNew(SimNode client, int number) {
        byte[] key = key(number).getBytes(StandardCharsets.UTF_8);
        stores.get(client).execute(key, new Operation.Put(NEW), Long.MAX_VALUE / 2, new Completion() {
            @Override
            public void complete(Result result) {}

            @Override
            public void fail(Throwable error) {
                throw new AssertionError(error);
            }
        });
    }

    private static long newStatesOf(DeliveredStates delivered) {
        return IntStream.range(0, KEYS)
                .filter(i -> Arrays.equals(delivered.last(key(i)), NEW))
                .count();
    }
}
