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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three replicas and seven clients change one key all the time, over a network that takes 1 ms each
 * way, or more. What they get is the same in round trips, however long a round trip is.
 */
class ContentionTest {
    private static final byte[] KEY = "counter".getBytes(StandardCharsets.UTF_8);
    private static final Duration WARM_UP = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration MEASURED = Duration.ofSeconds(5);
    private static final Duration ROUND_TRIP = Duration.ofMillis(2);
    private static final int CALLERS = 40;

    @ParameterizedTest
    @ValueSource(ints = {2, 100, 250})
    void tenNodesOnOneCounterMakeProgressWithinAFewRoundTrips(int millis) {
        Duration roundTrip = Duration.ofMillis(millis);
        Load load = run(10, roundTrip);
        assertEquals(0, load.failed);
        assertEquals(load.ended, load.value());
        long p99 = load.nanosOf(99);
        assertTrue(p99 < 6 * roundTrip.toNanos(), "p99 " + Duration.ofNanos(p99));
    }

    /**
     * The way to the home and back, for those who are not the home, is all that it costs. Here,
     * where nothing but the network takes time, that is half: as many callers wait four times for
     * it, and not twice.
     */
    @ParameterizedTest
    @ValueSource(ints = {2, 100, 250})
    void tenNodesAreNotMuchSlowerThanOne(int millis) {
        Duration roundTrip = Duration.ofMillis(millis);
        double ten = run(10, roundTrip).ended;
        double one = run(1, roundTrip).ended;
        assertTrue(ten > 0.5 * one, "ten nodes " + ten + ", one node " + one);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 100, 250})
    void tenNodesDoFourTimesWhatOneDoesWithAsManyCallersAsEach(int millis) {
        Duration roundTrip = Duration.ofMillis(millis);
        double ten = run(10, roundTrip).ended;
        Load one = new Load(17, roundTrip, () -> new Operation.Add(1)).calledBy(CALLERS / 10);
        one.run(1);
        assertTrue(ten > 4 * one.ended, "ten nodes " + ten + ", one node " + one.ended);
    }

    /**
     * In many seeds: one that came too late once, or found its home at rest, used to be left behind
     * for seconds in every other.
     */
    @Test
    void functionsOfTenNodesContinueToo() {
        functionsContinue(ROUND_TRIP, 20);
    }

    /**
     * There all went alone, and in each other's way, for good: the home was taken for dead while it
     * waited for others to make way.
     */
    @Test
    void functionsOfTenNodesThatAreFarApartContinueToo() {
        functionsContinue(Duration.ofMillis(10), 20);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 250})
    void functionsOfTenNodesContinueAcrossAnOceanAndTheGlobe(int millis) {
        functionsContinue(Duration.ofMillis(millis), 10);
    }

    private static void functionsContinue(Duration roundTrip, int seeds) {
        for (long seed = 1; seed <= seeds; seed++) {
            String which = "seed " + seed;
            Load load = new Load(seed, roundTrip, () -> new Operation.Update(ContentionTest::increment));
            load.run(10);
            assertEquals(0, load.failed, which);
            assertEquals(load.ended, load.value(), which);
            long p99 = load.nanosOf(99);
            assertTrue(p99 < 30 * roundTrip.toNanos(), which + ": p99 " + Duration.ofNanos(p99));
        }
    }

    /** Not even with their first operations, before much was measured. */
    @Test
    void nodesThatAreFarApartDoNotTakeTheirHomeForDead() {
        Duration far = Duration.ofMillis(40);
        for (long seed = 1; seed <= 10; seed++) {
            String which = "seed " + seed;
            Load load = new Load(seed, far, () -> new Operation.Add(1));
            load.start(10);
            load.simulation.runFor(Duration.ofSeconds(1));
            assertTrue(load.ended >= CALLERS, which + ": " + load.ended + " ended in the first second");
            assertEquals(0, load.failed, which);
        }
    }

    /**
     * The home was asked whether it continues with the key, which it did, without the batch that it
     * never got, until its deadline.
     */
    @ParameterizedTest
    @ValueSource(ints = {2, 100, 250})
    void aBatchOrAnAnswerThatIsLostCostsRoundTripsAndNotItsDeadline(int millis) {
        Duration roundTrip = Duration.ofMillis(millis);
        for (long seed = 1; seed <= 5; seed++) {
            String which = "seed " + seed;
            Load load = new Load(seed, roundTrip, () -> new Operation.Add(1)).losing(0.01);
            load.run(10);
            assertEquals(0, load.failed, which);
            assertEquals(load.ended, load.value(), which);
            long slowest = load.nanosOf(99.9);
            assertTrue(slowest < 60 * roundTrip.toNanos(), which + ": p99.9 " + Duration.ofNanos(slowest));
        }
    }

    private static byte[] increment(byte[] before) {
        long value = before == null ? 0 : ByteBuffer.wrap(before).getLong();
        return ByteBuffer.allocate(Long.BYTES).putLong(value + 1).array();
    }

    private static Load run(int nodes, Duration roundTrip) {
        Load load = new Load(17, roundTrip, () -> new Operation.Add(1));
        load.run(nodes);
        return load;
    }

    private static final class Load {
        private final Simulation simulation;
        private final Map<SimNode, PolicyStore> stores = new HashMap<>();
        private final Map<SimNode, World> worlds = new HashMap<>();
        private final List<Long> nanos = new ArrayList<>();
        private final Duration roundTrip;
        private final Supplier<Operation> operations;
        private int callers = CALLERS;
        private double loss;
        private boolean stopped;
        private long failed;
        private long ended;

        Load(long seed, Duration roundTrip, Supplier<Operation> operations) {
            this.simulation = Simulation.create(seed);
            this.roundTrip = roundTrip;
            this.operations = operations;
        }

        Load calledBy(int number) {
            callers = number;
            return this;
        }

        Load losing(double share) {
            loss = share;
            return this;
        }

        void run(int nodes) {
            start(nodes);
            simulation.runFor(atLeast(WARM_UP, 100));
            nanos.clear();
            simulation.runFor(atLeast(MEASURED, 500));
            stopped = true;
            simulation.runFor(atLeast(WARM_UP, 100));
        }

        /** A fixed time is short where round trips are long. */
        private Duration atLeast(Duration time, int roundTrips) {
            Duration far = roundTrip.multipliedBy(roundTrips);
            return far.compareTo(time) > 0 ? far : time;
        }

        void start(int nodes) {
            SimulatedCluster.Variant patient =
                    SimulatedCluster.Variant.CORRECT.withAttemptTimeout(Duration.ofMillis(500));
            new SimulatedCluster(simulation, 3, 7, patient, (start, store) -> {
                stores.put(start.node(), store);
                worlds.put(start.node(), start.world());
            });
            simulation
                    .network()
                    .faults(new NetworkFaults(
                            loss, 0, roundTrip.dividedBy(2), roundTrip.dividedBy(2), 0, Duration.ZERO));
            simulation.nodes().forEach(SimNode::start);
            assertTrue(simulation.runUntil(() -> stores.size() == 10, Duration.ofSeconds(10)));
            List<SimNode> all = List.copyOf(simulation.nodes());
            for (int caller = 0; caller < callers; caller++) {
                SimNode node = all.get(caller % nodes);
                node.execute(() -> call(node));
            }
        }

        long value() {
            List<Long> values = new ArrayList<>();
            SimNode node = simulation.nodes().iterator().next();
            node.execute(() -> execute(
                    node,
                    new Operation.Get(),
                    result -> values.add(ByteBuffer.wrap(Objects.requireNonNull(result.value()))
                            .getLong())));
            assertTrue(simulation.runUntil(() -> !values.isEmpty(), Duration.ofSeconds(5)));
            return values.get(0);
        }

        long nanosOf(double percent) {
            List<Long> sorted = nanos.stream().sorted().toList();
            return sorted.get((int) (sorted.size() * percent / 100));
        }

        private void call(SimNode node) {
            if (stopped) {
                return;
            }
            long began = simulation.nanos();
            execute(node, operations.get(), result -> {
                ended++;
                nanos.add(simulation.nanos() - began);
                call(node);
            });
        }

        private void execute(SimNode node, Operation operation, Consumer<Result> then) {
            World world = Objects.requireNonNull(worlds.get(node));
            long deadline = world.clock().nanos() + atLeast(TIMEOUT, 200).toNanos();
            Objects.requireNonNull(stores.get(node)).execute(KEY, operation, deadline, new Completion() {
                @Override
                public void complete(Result result) {
                    then.accept(result);
                }

                @Override
                public void fail(Throwable error) {
                    failed++;
                }
            });
        }
    }
}
