package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.internal.strong.StrongStore;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What operations of a strong store cost where nothing stands in their way: round trips, known by
 * the time they take over a network that is far slower than the rest, and messages, all that are
 * sent until it is quiet again.
 */
class FastPathTest {
    private static final Duration ONE_WAY = Duration.ofMillis(50);

    /** With what disks take. */
    private static final Duration ROUND_TRIP = ONE_WAY.multipliedBy(2).plusMillis(20);

    /** A request to each of the two others, and their answers: a node does not write to itself. */
    private static final int MESSAGES_OF_A_ROUND = 4;

    private static final Duration QUIET = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int AT_ONCE = 200;

    private final Simulation simulation = Simulation.create(1);
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();

    /** Functions of users, where they are kept from running. */
    private final Deque<Runnable> heldBack = new ArrayDeque<>();

    private boolean holdsBack;
    private SimNode a;
    private SimNode b;

    @BeforeEach
    void start() {
        SimulatedCluster.Variant variant =
                SimulatedCluster.Variant.CORRECT.withStore(context -> new StrongStore(context.withUserCode(task -> {
                    if (holdsBack) {
                        heldBack.add(task);
                    } else {
                        context.userCode().execute(task);
                    }
                })));
        new SimulatedCluster(simulation, 3, 0, variant, (start, store) -> stores.put(start.node(), store));
        a = simulation.node("r0");
        b = simulation.node("r1");
        simulation.network().faults(NetworkFaults.none().withDelay(ONE_WAY, ONE_WAY));
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> stores.size() == 3, Duration.ofMinutes(1)));
        simulation.runFor(QUIET);
    }

    @Test
    void theFirstChangeOfAKeyTakesTwoRoundTrips() {
        assertCost(2, a, new Operation.Put(bytes("v")));
    }

    @Test
    void aChangeByTheCoordinatorOfTheLastOneTakesOne() {
        run(a, new Operation.Put(bytes("first")));
        assertCost(1, a, new Operation.Put(bytes("second")));
        assertCost(1, a, new Operation.CompareAndSet(bytes("second"), bytes("third")));
        assertCost(1, a, new Operation.Update(before -> bytes(text(before) + "!")));
        assertEquals("third!", text(run(a, new Operation.Get()).value()));
    }

    /** What it leaves is collected afterwards, which costs messages, and nobody waits for it. */
    @Test
    void aDeleteByTheCoordinatorOfTheLastChangeTakesOne() {
        run(a, new Operation.Put(bytes("v")));
        Cost cost = runAll(a, List.of(new Asked("k", new Operation.Delete())));
        assertRoundTrips(1, cost.time);
    }

    @Test
    void aChangeAfterOneOfAnotherNodeTakesTwoAndTheNextOne() {
        run(b, new Operation.Put(bytes("of the other")));
        assertCost(2, a, new Operation.Put(bytes("own")));
        assertCost(1, a, new Operation.Put(bytes("own again")));
    }

    @Test
    void anUndisturbedReadTakesOneAtAnyNode() {
        assertCost(1, a, new Operation.Get());
        run(a, new Operation.Put(bytes("v")));
        for (SimNode reader : simulation.nodes()) {
            assertCost(1, reader, new Operation.Get());
        }
    }

    @Test
    void readsLeaveTheNextChangeItsSingleRoundTrip() {
        run(a, new Operation.Put(bytes("v")));
        run(a, new Operation.Get());
        run(b, new Operation.Get());
        assertCost(1, a, new Operation.Put(bytes("w")));
    }

    /** The first goes alone, as nothing shows that others come; the rest share the next round. */
    @Test
    void operationsOfOneNodeOnOneKeyShareARound() {
        run(a, new Operation.Add(0));
        Cost cost = runAll(
                a,
                IntStream.range(0, AT_ONCE)
                        .mapToObj(i -> new Asked("k", new Operation.Add(1)))
                        .toList());
        assertEquals(2 * MESSAGES_OF_A_ROUND, cost.messages);
        assertRoundTrips(2, cost.time);
        List<Long> sums = cost.results.stream()
                .map(result ->
                        ByteBuffer.wrap(Objects.requireNonNull(result.value())).getLong())
                .sorted()
                .toList();
        assertEquals(LongStream.rangeClosed(1, AT_ONCE).boxed().toList(), sums);
    }

    @Test
    void readsOfOneNodeOfOneKeyShareARound() {
        run(a, new Operation.Put(bytes("v")));
        Cost cost = runAll(
                b,
                IntStream.range(0, AT_ONCE)
                        .mapToObj(i -> new Asked("k", new Operation.Get()))
                        .toList());
        assertEquals(2 * MESSAGES_OF_A_ROUND, cost.messages);
        assertRoundTrips(2, cost.time);
    }

    @Test
    void operationsOnDifferentKeysGoAtTheSameTime() {
        for (int round = 2; round >= 1; round--) {
            Cost cost = runAll(
                    a,
                    IntStream.range(0, AT_ONCE)
                            .mapToObj(i -> new Asked("k" + i, new Operation.Put(bytes("v"))))
                            .toList());
            assertRoundTrips(round, cost.time);
        }
    }

    /**
     * A user's function that does not return holds up the changes of its own key, no reads, and no
     * other key.
     */
    @Test
    void aFunctionThatDoesNotReturnHoldsUpChangesOfItsKeyOnly() {
        runAll(a, List.of(new Asked("stuck", new Operation.Add(0)), new Asked("free", new Operation.Add(0))));
        holdsBack = true;
        List<Result> stuck = new ArrayList<>();
        execute(a, new Asked("stuck", new Operation.Update(before -> bytes("at last"))), stuck);
        execute(a, new Asked("stuck", new Operation.Put(bytes("later"))), stuck);
        List<Result> queued = new ArrayList<>();
        execute(a, new Asked("stuck", new Operation.Get()), queued);
        assertTrue(simulation.runUntil(() -> !heldBack.isEmpty() && queued.size() == 1, TIMEOUT));

        for (int i = 0; i < 10; i++) {
            Cost cost = runAll(a, List.of(new Asked("free", new Operation.Add(1))));
            assertRoundTrips(1, cost.time);
            Cost read = runAll(a, List.of(new Asked("stuck", new Operation.Get())));
            assertRoundTrips(1, read.time);
        }
        assertEquals(List.of(), stuck, "ended, though the function has not returned");

        a.execute(heldBack.remove());
        assertTrue(simulation.runUntil(() -> stuck.size() == 2, TIMEOUT));
        assertEquals("at last", text(stuck.get(0).value()));
        assertEquals(
                "later",
                text(runAll(a, List.of(new Asked("stuck", new Operation.Get())))
                        .results
                        .get(0)
                        .value()));
    }

    private record Asked(String key, Operation operation) {}

    /**
     * What some operations that began at once took until the last of them had ended, and sent until
     * all was quiet.
     */
    private record Cost(Duration time, long messages, List<Result> results) {}

    private void assertCost(int roundTrips, SimNode node, Operation operation) {
        Cost cost = runAll(node, List.of(new Asked("k", operation)));
        assertRoundTrips(roundTrips, cost.time);
        assertEquals((long) roundTrips * MESSAGES_OF_A_ROUND, cost.messages, operation + " at " + node);
        assertTrue(cost.results.get(0).applied(), operation + " at " + node);
    }

    private static void assertRoundTrips(int expected, Duration took) {
        assertTrue(
                took.compareTo(ONE_WAY.multipliedBy(2L * expected)) >= 0
                        && took.compareTo(ROUND_TRIP.multipliedBy(expected)) <= 0,
                "took " + took + ", which is not " + expected + " round trips");
    }

    private Result run(SimNode node, Operation operation) {
        return runAll(node, List.of(new Asked("k", operation))).results.get(0);
    }

    private Cost runAll(SimNode node, List<Asked> all) {
        List<Result> results = new ArrayList<>();
        long began = simulation.nanos();
        long sentBefore = simulation.network().sent();
        node.execute(() -> all.forEach(asked -> executeHere(node, asked, results)));
        assertTrue(
                simulation.runUntil(() -> results.size() == all.size(), TIMEOUT),
                () -> results.size() + " of " + all.size() + " operations ended within " + TIMEOUT);
        Duration time = Duration.ofNanos(simulation.nanos() - began);
        simulation.runFor(QUIET);
        return new Cost(time, simulation.network().sent() - sentBefore, results);
    }

    private void execute(SimNode node, Asked asked, List<Result> results) {
        node.execute(() -> executeHere(node, asked, results));
    }

    /** Steady clocks of the simulation all show its time. */
    private void executeHere(SimNode node, Asked asked, List<Result> results) {
        long deadline = simulation.nanos() + Duration.ofMinutes(1).toNanos();
        Objects.requireNonNull(stores.get(node)).execute(bytes(asked.key), asked.operation, deadline, new Completion() {
            @Override
            public void complete(Result result) {
                results.add(result);
            }

            @Override
            public void fail(Throwable error) {
                throw new AssertionError(asked + " at " + node, error);
            }
        });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }
}
