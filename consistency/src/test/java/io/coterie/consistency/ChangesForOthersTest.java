package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.internal.register.Forwarded;
import io.coterie.consistency.internal.register.StrongCommand;
import io.coterie.consistency.internal.wire.ForwardRequest;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.internal.budget.NodeMemory;
import io.coterie.rpc.CallOptions;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What other nodes have a home make for them is bounded. */
class ChangesForOthersTest {
    private static final NodeId HOME = NodeId.of("r0");
    private static final int BYTES = 1 << 20;
    private static final Duration TIME = Duration.ofSeconds(3);

    private final Simulation simulation = Simulation.create(1);
    private final List<String> open = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private long timestamps;

    private final SimulatedCluster cluster = new SimulatedCluster(
            simulation,
            3,
            2,
            SimulatedCluster.Variant.CORRECT,
            (start, store) -> open.add(start.node().id().name()));

    @Test
    void aHomeHoldsNoMoreOfOneNodeThanItsPartAndTakesWhatOthersSend() {
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> open.size() == 5, Duration.ofMinutes(1)));
        NodeMemory memory = cluster.loop(simulation.node("r0")).memory();
        // Nothing comes to its end: without a majority all of it waits.
        simulation.node("r1").kill();
        simulation.node("r2").kill();

        forward("c0", 40);
        assertTrue(simulation.runUntil(() -> failures.size() >= 24, Duration.ofSeconds(1)));
        assertTrue(memory.heldBytes() <= NodeMemory.MAX_HELD_BYTES_OF_CALLER, () -> "held: " + memory.heldBytes());
        for (Throwable failure : failures) {
            assertTrue(
                    failure instanceof OverloadedException
                            && failure.getMessage().contains("takes no more from c0 until some have ended"),
                    failure::toString);
        }
        forward("c1", 1);
        simulation.runFor(Duration.ofMillis(500));
        assertTrue(memory.heldBytes() > NodeMemory.MAX_HELD_BYTES_OF_CALLER, () -> "held: " + memory.heldBytes());

        simulation.runFor(TIME.multipliedBy(2));
        assertEquals(0, memory.heldBytes(), "all of it has ended");
    }

    @Test
    void oneChangeOfANodeIsTakenHoweverLargeAndMuchIsHeld() {
        NodeMemory memory = new NodeMemory();
        for (int i = 0; i < 4; i++) {
            assertTrue(memory.hold(NodeId.of("n" + i), NodeMemory.MAX_HELD_BYTES_OF_CALLER));
        }
        assertFalse(memory.hold(NodeId.of("n0"), 1));
        NodeId another = NodeId.of("another");
        assertTrue(memory.hold(another, 2 * NodeMemory.MAX_HELD_BYTES));
        assertFalse(memory.hold(another, 1));

        memory.release(another, 2 * NodeMemory.MAX_HELD_BYTES);
        memory.release(NodeId.of("n0"), NodeMemory.MAX_HELD_BYTES_OF_CALLER);
        assertTrue(memory.hold(another, 1));
        assertTrue(memory.hold(another, 1));
    }

    private void forward(String from, int changes) {
        simulation.node(from).execute(() -> {
            for (int i = 0; i < changes; i++) {
                Forwarded batch = new Forwarded(
                        7, ++timestamps, List.of(new StrongCommand.Apply(new Operation.Put(new byte[BYTES]))));
                byte[] key = {(byte) i};
                var unused = cluster.replication(simulation.node(from))
                        .node()
                        .call(
                                HOME,
                                ForwardRequest.method("store"),
                                new ForwardRequest(key, TIME.toNanos(), batch),
                                CallOptions.within(TIME))
                        .whenComplete((answer, error) -> {
                            if (error != null) {
                                failures.add(error);
                            }
                        });
            }
        });
    }
}
