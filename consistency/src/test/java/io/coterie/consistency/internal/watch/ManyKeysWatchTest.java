package io.coterie.consistency.internal.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.KeyListener;
import io.coterie.consistency.KeyWatch;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.StoreContext;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.internal.strong.StrongStore;
import io.coterie.consistency.simulated.checks.DeliveredStates;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.cluster.WrappedStore;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A watch of more keys than it remembers delivers the last state of each all the same, and comes to
 * rest.
 */
class ManyKeysWatchTest {
    private static final int KEYS = 1_000;
    private static final int REMEMBERED = 200;
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Duration PER_TASK = Duration.ofMillis(20);

    private final Simulation simulation = Simulation.create(1);
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private int written;

    ManyKeysWatchTest() {
        SimulatedCluster.Variant forgetful = SimulatedCluster.Variant.CORRECT.withStore(ManyKeysWatchTest::forgetful);
        new SimulatedCluster(simulation, 3, 1, forgetful, (start, store) -> stores.put(start.node(), store));
        simulation.network().faults(NetworkFaults.none().withDelay(Duration.ofMillis(1), Duration.ofMillis(1)));
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> stores.size() == 4, LIMIT));
    }

    /** A store whose watches remember few keys, and whose listeners take a while. */
    private static PolicyStore forgetful(StoreContext context) {
        Scheduler scheduler = context.world().scheduler();
        Executor slow = task -> scheduler.schedule(PER_TASK.toNanos(), task);
        StoreContext slowed = context.withUserCode(slow);
        StrongStore store = new StrongStore(slowed);
        return new WrappedStore(store) {
            @Override
            public KeyWatch watch(byte[] prefix, boolean single, int queue, KeyListener listener) {
                StoreWatch watch = new StoreWatch(
                        slowed, store, ConsensusRules.CORRECT, prefix, single, queue, listener, () -> {}, REMEMBERED);
                watch.start();
                return watch;
            }
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 16, 64, 1000})
    void whatASlowListenerMissedIsDeliveredInTheEnd(int queue) {
        DeliveredStates delivered = new DeliveredStates();
        putAll((byte) 1);
        client().execute(() -> stores.get(client()).watch(new byte[] {'k'}, false, queue, delivered));
        assertDelivered(delivered, (byte) 1);

        putAll((byte) 2);
        assertDelivered(delivered, (byte) 2);

        simulation.runFor(Duration.ofSeconds(30));
        int changes = delivered.changes();
        long sent = simulation.network().sent();
        simulation.runFor(Duration.ofSeconds(30));
        assertEquals(changes, delivered.changes(), "delivered again and again");
        assertTrue(simulation.network().sent() - sent < 200, "reads again and again");
    }

    private void assertDelivered(DeliveredStates delivered, byte value) {
        assertTrue(
                simulation.runUntil(() -> keysWith(delivered, value) == KEYS, LIMIT),
                () -> keysWith(delivered, value) + " of " + KEYS + " keys, in " + delivered.changes() + " calls");
    }

    private SimNode client() {
        return simulation.node("c0");
    }

    private void putAll(byte value) {
        int before = written;
        for (int i = 0; i < KEYS; i++) {
            byte[] key = key(i).getBytes(StandardCharsets.UTF_8);
            client().execute(() -> put(key, value));
        }
        assertTrue(simulation.runUntil(() -> written == before + KEYS, LIMIT));
    }

    private void put(byte[] key, byte value) {
        Operation put = new Operation.Put(new byte[] {value});
        stores.get(client()).execute(key, put, Long.MAX_VALUE / 2, new Completion() {
            @Override
            public void complete(Result result) {
                written++;
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

    private static long keysWith(DeliveredStates delivered, byte value) {
        return IntStream.range(0, KEYS)
                .filter(i -> Arrays.equals(delivered.last(key(i)), new byte[] {value}))
                .count();
    }
}
