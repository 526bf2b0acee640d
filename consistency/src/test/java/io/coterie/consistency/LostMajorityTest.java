package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.World;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations at a replica and at a client whose connections to a majority are gone, on a key that both have written before. */
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
        simulation.network().signalsConnections(true);
        SimulatedCluster.Variant variant = SimulatedCluster.Variant.CORRECT.withMajorityGrace(grace);
        new SimulatedCluster(simulation, 3, 1, variant, (start, store) -> {
            stores.put(start.node(), store);
            worlds.put(start.node(), start.world());
        });
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> stores.size() == 4, LIMIT));
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
        SimNode node = simulation.node(name);
        List<Object> ends = new ArrayList<>();
        node.execute(() -> {
            long deadline = Objects.requireNonNull(worlds.get(node)).clock().nanos() + TIMEOUT.toNanos();
            Objects.requireNonNull(stores.get(node)).execute(KEY, operation, deadline, new Completion() {
                @Override
                public void complete(Result result) {
                    ends.add(result);
                }

                @Override
                public void fail(Throwable error) {
                    ends.add(error);
                }
            });
        });
        return ends;
    }
}
