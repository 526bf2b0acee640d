package io.coterie.consistency.internal.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Consistency;
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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Large values, of which one replica sends the state to who reads or changes them. */
class OneStateTest {
    private static final int LARGE_BYTES = 100_000;
    private static final Duration ONE_WAY = Duration.ofMillis(1);
    private static final Duration ROUND_TRIP = ONE_WAY.multipliedBy(2);

    /** Of disks, for a promise or a state. */
    private static final Duration DISK = Duration.ofMillis(1);

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Simulation simulation = Simulation.create(3);
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private final Map<SimNode, World> worlds = new HashMap<>();
    private SimNode a;
    private SimNode b;
    private SimNode c;
    private SimNode client;

    @BeforeEach
    void start() {
        new SimulatedCluster(simulation, 3, 1, SimulatedCluster.Variant.CORRECT, (start, store) -> {
            stores.put(start.node(), store);
            worlds.put(start.node(), start.world());
        });
        a = simulation.node("r0");
        b = simulation.node("r1");
        c = simulation.node("r2");
        client = simulation.node("c0");
        simulation.network().faults(NetworkFaults.none().withDelay(ONE_WAY, ONE_WAY));
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> stores.size() == 4, Duration.ofMinutes(1)));
        simulation.runFor(TIMEOUT);
        run(a, put(1));
        run(client, new Operation.Get());
    }

    @Test
    void aReadByAClientMovesOneCopy() {
        Cost cost = run(client, new Operation.Get());
        assertArrayEquals(value(1), cost.result.value());
        assertCopies(1, cost);
        assertWithin(ROUND_TRIP, cost);
    }

    @Test
    void theFirstOperationOfAReplicaAtAllMovesOneCopyToEachOther() {
        assertCopies(2, run(b, put(2)));
    }

    @Test
    void aReadAmongManyOfSmallValuesMovesOneCopy() {
        for (int i = 0; i < 50; i++) {
            run(client, "small" + i, new Operation.Put(new byte[10]));
        }
        assertCopies(1, run(client, new Operation.Get()));
    }

    @Test
    void aWeakReadMovesOneCopy() {
        PolicyStore near = Objects.requireNonNull(stores.get(client)).reading(Consistency.eventual());
        Cost cost = run(client, near, new Operation.Get());
        assertArrayEquals(value(1), cost.result.value());
        assertCopies(1, cost);
    }

    @Test
    void aFirstChangeByAClientMovesOneCopyToItAndOneToEachReplica() {
        Cost cost = run(client, put(2));
        assertCopies(4, cost);
        assertWithin(ROUND_TRIP.plus(DISK).multipliedBy(2), cost);
        assertCopies(3, run(client, put(3)));
    }

    @Test
    void aFirstChangeByAReplicaMovesOneCopyToEachOther() {
        run(b, new Operation.Get());
        Cost cost = run(b, put(2));
        assertCopies(2, cost);
        assertArrayEquals(value(2), run(client, new Operation.Get()).result.value());
    }

    @Test
    void aReplicaThatIsSilentHoldsUpNextToNoRead() {
        for (SimNode silent : List.of(a, b, c)) {
            simulation.network().isolate(silent);
            assertHardlyHeldUp();
            simulation.network().heal();
        }
    }

    @Test
    void aReplicaWhoseLinkIsSlowHoldsUpNextToNoRead() {
        for (SimNode slow : List.of(a, b, c)) {
            simulation.network().rate(slow, client, LARGE_BYTES / 10);
            assertHardlyHeldUp();
            simulation.runFor(Duration.ofMinutes(20));
            simulation.network().rate(slow, client, Long.MAX_VALUE);
        }
    }

    /** A change takes part of a majority that is connected, whoever was to send the state. */
    @Test
    void aReplicaThatIsSilentHoldsUpNextToNoChange() {
        List<Duration> took = new ArrayList<>();
        simulation.network().isolate(b);
        for (int i = 0; i < 100; i++) {
            run(a, "k" + i, put(1));
            took.add(run(client, "k" + i, put(2)).time);
        }
        assertHardlyHeldUp(took, ROUND_TRIP.plus(DISK).multipliedBy(2));
    }

    @Test
    void aNewerStateThanThatOfTheSenderIsAskedFor() {
        for (int i = 2; i < 50; i++) {
            SimNode without = List.of(b, c).get(i % 2);
            simulation.network().cutBoth(a, without);
            run(a, put(i));
            simulation.network().heal();
            Cost cost = run(client, new Operation.Get());
            assertArrayEquals(value(i), cost.result.value());
            // It may have to be asked for, and to be written back.
            assertWithin(ROUND_TRIP.multipliedBy(3).plus(DISK), cost);
            run(a, put(i));
            Cost change = run(client, new Operation.Update(before -> {
                assertEquals(before == null ? 0 : before.length, LARGE_BYTES);
                return before;
            }));
            assertTrue(change.result.applied());
        }
    }

    @Test
    void nodesThatContendForALargeValueAllComeToTheirEnd() {
        int each = 25;
        List<Result> results = new ArrayList<>();
        for (SimNode node : simulation.nodes()) {
            node.execute(() -> append(node, each, results));
        }
        int all = each * simulation.nodes().size();
        assertTrue(
                simulation.runUntil(() -> results.size() == all, TIMEOUT.multipliedBy(4)),
                () -> results.size() + " of " + all + " changes have ended");
        byte[] last =
                Objects.requireNonNull(run(client, new Operation.Get()).result.value());
        assertEquals(LARGE_BYTES + all, last.length);
    }

    private void append(SimNode node, int times, List<Result> results) {
        if (times > 0) {
            Operation add = new Operation.Update(
                    before -> before == null ? new byte[1] : Arrays.copyOf(before, before.length + 1));
            execute(store(node), node, "k", add, result -> {
                results.add(result);
                append(node, times - 1, results);
            });
        }
    }

    private void assertHardlyHeldUp() {
        List<Duration> took = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Cost cost = run(client, new Operation.Get());
            assertArrayEquals(value(1), cost.result.value());
            took.add(cost.time);
        }
        assertHardlyHeldUp(took, ROUND_TRIP);
    }

    /**
     * One that was asked for the state is waited for in vain, a short time and once or twice; then
     * others are asked first.
     */
    private static void assertHardlyHeldUp(List<Duration> took, Duration usual) {
        List<Duration> late = took.stream()
                .filter(time -> time.compareTo(usual.plus(ONE_WAY)) > 0)
                .toList();
        assertTrue(late.size() <= 3, () -> "of " + took.size() + ", these were late: " + late);
        assertTrue(
                late.stream().allMatch(time -> time.compareTo(Duration.ofMillis(150)) < 0),
                () -> "late by too much: " + late);
    }

    private static void assertCopies(int copies, Cost cost) {
        long most = (long) LARGE_BYTES * copies + LARGE_BYTES / 10;
        assertTrue(
                cost.bytes >= (long) LARGE_BYTES * copies && cost.bytes < most,
                () -> cost.bytes + " bytes were sent, which is not " + copies + " times the value");
    }

    private static void assertWithin(Duration limit, Cost cost) {
        assertTrue(cost.time.compareTo(limit.plus(DISK)) <= 0, () -> "took " + cost.time + ", not " + limit);
    }

    private record Cost(Duration time, long bytes, Result result) {}

    private Cost run(SimNode node, Operation operation) {
        return run(node, "k", operation);
    }

    private Cost run(SimNode node, String key, Operation operation) {
        return run(node, store(node), key, operation);
    }

    private Cost run(SimNode node, PolicyStore store, Operation operation) {
        return run(node, store, "k", operation);
    }

    private Cost run(SimNode node, PolicyStore store, String key, Operation operation) {
        List<Result> results = new ArrayList<>();
        long bytes = simulation.network().sentBytes();
        long began = simulation.nanos();
        node.execute(() -> execute(store, node, key, operation, results::add));
        assertTrue(simulation.runUntil(() -> !results.isEmpty(), TIMEOUT), () -> operation + " at " + node);
        Duration time = Duration.ofNanos(simulation.nanos() - began);
        simulation.runFor(Duration.ofMillis(100));
        return new Cost(time, simulation.network().sentBytes() - bytes, results.get(0));
    }

    private PolicyStore store(SimNode node) {
        return Objects.requireNonNull(stores.get(node));
    }

    private interface Then {
        void ended(Result result);
    }

    private void execute(PolicyStore store, SimNode node, String key, Operation operation, Then then) {
        long now = Objects.requireNonNull(worlds.get(node)).clock().nanos();
        store.execute(key.getBytes(StandardCharsets.UTF_8), operation, now + TIMEOUT.toNanos(), new Completion() {
            @Override
            public void complete(Result result) {
                then.ended(result);
            }

            @Override
            public void fail(Throwable error) {
                throw new AssertionError(operation + " at " + node, error);
            }
        });
    }

    private static Operation put(int number) {
        return new Operation.Put(value(number));
    }

    private static byte[] value(int number) {
        byte[] value = new byte[LARGE_BYTES];
        Arrays.fill(value, (byte) number);
        return value;
    }
}
