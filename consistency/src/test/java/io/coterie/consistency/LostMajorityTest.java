package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.internal.eventual.EventualPolicy;
import io.coterie.consistency.internal.strong.StrongStore;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.spi.World;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ObjLongConsumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Operations at a replica and at a client whose connections to a majority are gone, on a key that
 * both have written before.
 */
class LostMajorityTest {
    private static final byte[] KEY = {'k'};
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Simulation simulation = Simulation.create(1);
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private final Map<SimNode, World> worlds = new HashMap<>();

    @Test
    void aWriteIsNotAppliedLongBeforeItsTimeIsOver() {
        start(GRACE);
        loseMajority();
        for (String node : List.of("r0", "c0", "r0", "c0")) {
            assertNotBegun(begin(node, new Operation.Put(new byte[] {2})), Duration.ofSeconds(2));
        }
        simulation.node("r1").start();
        simulation.node("r2").start();
        Result read = assertInstanceOf(Result.class, end(begin("r0", new Operation.Get())));
        assertEquals(1, Objects.requireNonNull(read.value())[0]);
    }

    @Test
    void whatWaitsBehindARoundThatBeganBeforeIsNotApplied() {
        start(GRACE);
        for (String node : List.of("r0", "c0")) {
            assertInstanceOf(Result.class, end(begin(node, new Operation.Put(new byte[] {1}))));
            simulation.node("r1").kill();
            simulation.node("r2").kill();
            List<Object> before = begin(node, new Operation.Put(new byte[] {2}));
            simulation.runFor(Duration.ofMillis(100));
            assertNotBegun(begin(node, new Operation.Put(new byte[] {3})), Duration.ofSeconds(2));
            assertNotBegun(begin(node, new Operation.Get()), Duration.ofSeconds(2));
            assertEquals(List.of(), before);
            simulation.node("r1").start();
            simulation.node("r2").start();
            assertInstanceOf(Result.class, end(before));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1000, 0})
    void theLossItselfEndsWhatWaitsBehindARound(long graceMillis) {
        start(Duration.ofMillis(graceMillis));
        for (String node : List.of("r0", "c0")) {
            simulation.node("r1").pause();
            simulation.node("r2").pause();
            List<Object> before = begin(node, new Operation.Put(new byte[] {2}));
            simulation.runFor(Duration.ofMillis(10));
            List<Object> write = begin(node, new Operation.Put(new byte[] {3}));
            List<Object> read = begin(node, new Operation.Get());
            simulation.runFor(Duration.ofMillis(50));
            loseMajority();
            assertNotBegun(write, Duration.ofSeconds(2));
            assertNotBegun(read, Duration.ofMillis(1));
            assertEquals(List.of(), before);
            simulation.node("r1").start();
            simulation.node("r2").start();
            assertInstanceOf(Result.class, end(before));
        }
    }

    @Test
    void theLossItselfEndsReadsThatWaitBesideAFunction() {
        Operation endless = new Operation.Update(value -> {
            throw new AssertionError("never called");
        });
        start(GRACE, context -> new StrongStore(context.withUserCode(task -> {})));
        List<Object> update = begin("c0", endless);
        simulation.runFor(Duration.ofMillis(100));
        simulation.node("r1").pause();
        simulation.node("r2").pause();
        List<Object> inFlight = begin("c0", new Operation.Get());
        List<Object> read = begin("c0", new Operation.Get());
        simulation.runFor(Duration.ofMillis(50));
        loseMajority();
        assertNotBegun(read, Duration.ofSeconds(2));
        assertEquals(List.of(), inFlight);
        assertEquals(List.of(), update);
    }

    @ParameterizedTest
    @ValueSource(strings = {"r0", "c0"})
    void aScanIsNotBegun(String node) {
        start(GRACE);
        loseMajority();
        for (int i = 0; i < 2; i++) {
            assertNotBegun(scan(node), Duration.ofSeconds(2));
        }
        List<Object> waiting = scan(node);
        simulation.node("r1").start();
        assertInstanceOf(ScannedPage.class, end(waiting));
    }

    @ParameterizedTest
    @ValueSource(strings = {"r0", "c0"})
    void aWeakReadNeedsOneReplica(String node) {
        start(GRACE);
        loseMajority();
        Result read = assertInstanceOf(Result.class, end(beginWeakly(node)));
        assertEquals(1, Objects.requireNonNull(read.value())[0]);
    }

    @Test
    void aWeakReadIsNotBegunWhereNoReplicaIsConnected() {
        start(GRACE);
        loseMajority();
        simulation.node("r0").kill();
        simulation.runFor(Duration.ofMillis(100));
        for (int i = 0; i < 2; i++) {
            assertNotBegun(beginWeakly("c0"), Duration.ofSeconds(2));
        }
        List<Object> waiting = beginWeakly("c0");
        simulation.node("r0").start();
        simulation.node("r1").start();
        assertInstanceOf(Result.class, end(waiting));
    }

    @Test
    void whatOneReplicaIsEnoughForIsNotBegunWithoutAny() {
        start(SimulatedCluster.Variant.EVENTUAL.withMajorityGrace(GRACE));
        loseMajority();
        assertInstanceOf(Result.class, end(begin("c0", new Operation.Put(new byte[] {2}))));
        simulation.node("r0").kill();
        simulation.runFor(Duration.ofMillis(100));
        for (int i = 0; i < 2; i++) {
            assertNotBegun(begin("c0", new Operation.Put(new byte[] {3})), Duration.ofSeconds(2));
            assertNotBegun(begin("c0", new Operation.Get()), Duration.ofSeconds(2));
        }
        List<Object> waiting = begin("c0", new Operation.Get());
        simulation.node("r1").start();
        Result read = assertInstanceOf(Result.class, end(waiting));
        assertTrue(read.value() == null || read.value()[0] != 3);
    }

    @Test
    void withoutAGraceAWriteIsNotAppliedAtOnce() {
        start(Duration.ZERO);
        loseMajority();
        for (String node : List.of("r0", "c0", "r0", "c0")) {
            assertNotBegun(begin(node, new Operation.Put(new byte[] {2})), Duration.ofMillis(50));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"r0", "c0"})
    void aMajorityThatComesBackWithinTheGraceIsWaitedFor(String node) {
        start(GRACE);
        loseMajority();
        List<Object> ends = begin(node, new Operation.Put(new byte[] {3}));
        simulation.runFor(Duration.ofMillis(300));
        simulation.node("r1").start();
        assertInstanceOf(Result.class, end(ends));
    }

    private void start(Duration grace) {
        start(grace, StrongStore::new);
    }

    private void start(Duration grace, Function<StoreContext, PolicyStore> store) {
        start(SimulatedCluster.Variant.CORRECT.withMajorityGrace(grace).withStore(store));
    }

    private void start(SimulatedCluster.Variant variant) {
        simulation.network().signalsConnections(true);
        SimulatedCluster cluster = new SimulatedCluster(simulation, 3, 1, variant, (start, store) -> {
            stores.put(start.node(), store);
            worlds.put(start.node(), start.world());
        });
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> stores.size() == 4, LIMIT));
        cluster.awaitFounding(simulation);
        for (String node : List.of("c0", "r0")) {
            assertInstanceOf(Result.class, end(begin(node, new Operation.Put(new byte[] {1}))));
        }
    }

    private void loseMajority() {
        simulation.node("r1").kill();
        simulation.node("r2").kill();
        simulation.runFor(Duration.ofMillis(100));
    }

    private void assertNotBegun(List<Object> ends, Duration atMost) {
        long began = simulation.nanos();
        QuorumUnavailableException failure = assertInstanceOf(QuorumUnavailableException.class, end(ends));
        assertTrue(failure.getMessage().contains("was not begun"), failure::getMessage);
        assertTrue(simulation.nanos() - began < atMost.toNanos(), failure::getMessage);
    }

    private Object end(List<Object> ends) {
        assertTrue(simulation.runUntil(() -> !ends.isEmpty(), LIMIT));
        return ends.get(0);
    }

    /** Gives the list to which the result, or the failure, is added. */
    private List<Object> begin(String name, Operation operation) {
        return begin(name, operation, store -> store);
    }

    private List<Object> beginWeakly(String name) {
        return begin(name, new Operation.Get(), store -> store.reading(EventualPolicy.INSTANCE));
    }

    private List<Object> begin(String name, Operation operation, UnaryOperator<PolicyStore> view) {
        List<Object> ends = new ArrayList<>();
        at(
                name,
                (store, deadline) -> view.apply(store).execute(KEY, operation, deadline, new Completion() {
                    @Override
                    public void complete(Result result) {
                        ends.add(result);
                    }

                    @Override
                    public void fail(Throwable error) {
                        ends.add(error);
                    }
                }));
        return ends;
    }

    private List<Object> scan(String name) {
        List<Object> ends = new ArrayList<>();
        KeyRange all = new KeyRange(new byte[0], new byte[0]);
        at(
                name,
                (store, deadline) -> store.scan(all, 10, deadline, new ScanCompletion() {
                    @Override
                    public void complete(ScannedPage page) {
                        ends.add(page);
                    }

                    @Override
                    public void fail(Throwable error) {
                        ends.add(error);
                    }
                }));
        return ends;
    }

    private void at(String name, ObjLongConsumer<PolicyStore> task) {
        SimNode node = simulation.node(name);
        node.execute(() -> {
            long deadline = Objects.requireNonNull(worlds.get(node)).clock().nanos() + TIMEOUT.toNanos();
            task.accept(Objects.requireNonNull(stores.get(node)), deadline);
        });
    }
}
