package io.coterie.consistency.simulated.load;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.simulated.checks.FailureTexts;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.rpc.spi.RandomSource;
import io.coterie.rpc.spi.World;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Callers at five replicas, which pause between calls, read and change two keys. Each call is given
 * so many round trips. By default nobody adds and nobody calls functions.
 */
public final class DistantLoad {
    private static final int NODES = 5;
    private static final int KEYS = 2;
    private static final int CALLERS = 20;
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration MEASURED = Duration.ofSeconds(30);
    private static final int ROUND_TRIPS_OF_A_KEY = 50;

    private final Simulation simulation;
    private final Duration roundTrip;
    private final int callsASecond;
    private final boolean varies;
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private final Map<SimNode, World> worlds = new HashMap<>();
    private final List<Long> nanos = new ArrayList<>();
    private double timeoutRoundTrips = 8.5;
    private int kinds = 6;
    private long failed;
    private boolean counts;

    public DistantLoad(long seed, Duration roundTrip, int callsASecond, boolean varies) {
        this.simulation = Simulation.create(seed);
        this.roundTrip = roundTrip;
        this.callsASecond = callsASecond;
        this.varies = varies;
    }

    public DistantLoad within(double roundTrips) {
        timeoutRoundTrips = roundTrips;
        return this;
    }

    /** Two of eight operations are additions and updates. */
    public DistantLoad withFunctions() {
        kinds = 8;
        return this;
    }

    public double answered() {
        return nanos.size() / (double) (nanos.size() + failed);
    }

    public long percentile(int percent) {
        List<Long> sorted = nanos.stream().sorted().toList();
        return sorted.get(sorted.size() * percent / 100);
    }

    public void run() {
        SimulatedCluster.Variant patient = SimulatedCluster.Variant.CORRECT.withAttemptTimeout(Duration.ofMillis(500));
        new SimulatedCluster(simulation, NODES, 0, patient, (start, store) -> {
            stores.put(start.node(), store);
            worlds.put(start.node(), start.world());
        });
        Duration way = roundTrip.dividedBy(2);
        simulation
                .network()
                .faults(new NetworkFaults(
                        0, 0, varies ? Duration.ZERO : way, varies ? roundTrip : way, 0, Duration.ZERO));
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> stores.size() == NODES, Duration.ofSeconds(10)));
        List<SimNode> all = List.copyOf(simulation.nodes());
        for (int caller = 0; caller < CALLERS; caller++) {
            SimNode node = all.get(caller % NODES);
            int key = caller / NODES % KEYS;
            node.execute(() -> pause(node, key, world(node).clock().nanos()));
        }
        simulation.runFor(WARM_UP);
        counts = true;
        simulation.runFor(MEASURED);
    }

    private World world(SimNode node) {
        return Objects.requireNonNull(worlds.get(node));
    }

    /** Until it calls again: a random time after its last call began. */
    private void pause(SimNode node, int key, long began) {
        World world = world(node);
        long mean = Duration.ofSeconds(1).toNanos() * CALLERS / callsASecond;
        long due = began + 1 + world.random().nextLong(2 * mean);
        world.scheduler().schedule(Math.max(0, due - world.clock().nanos()), () -> call(node, key));
    }

    private void call(SimNode node, int key) {
        World world = world(node);
        long began = world.clock().nanos();
        long generation = varies ? simulation.nanos() / (ROUND_TRIPS_OF_A_KEY * roundTrip.toNanos()) : 0;
        byte[] name = (key + "/" + generation).getBytes(StandardCharsets.UTF_8);
        long deadline = began + (long) (roundTrip.toNanos() * timeoutRoundTrips);
        Objects.requireNonNull(stores.get(node)).execute(name, operation(world.random()), deadline, new Completion() {
            @Override
            public void complete(Result result) {
                if (counts) {
                    nanos.add(world.clock().nanos() - began);
                }
                pause(node, key, began);
            }

            @Override
            public void fail(Throwable error) {
                FailureTexts.note(error);
                failed += counts ? 1 : 0;
                pause(node, key, began);
            }
        });
    }

    private Operation operation(RandomSource random) {
        long drawn = random.nextLong(kinds);
        byte[] one = number(random.nextLong(5));
        byte[] other = number(random.nextLong(5));
        if (drawn < 3) {
            return new Operation.Get();
        } else if (drawn < 4) {
            return new Operation.Put(one);
        } else if (drawn < 6) {
            return new Operation.CompareAndSet(one, other);
        }
        return drawn < 7 ? new Operation.Add(1) : new Operation.Update(DistantLoad::increment);
    }

    private static byte[] increment(byte[] before) {
        return number(before == null ? 1 : ByteBuffer.wrap(before).getLong() + 1);
    }

    private static byte[] number(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }
}
