package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads of an eventual store of which some replicas do not answer. */
class EventualReadTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Simulation simulation = Simulation.create(1);
    private final Map<SimNode, SimStart> starts = new HashMap<>();
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private SimNode a;
    private SimNode b;
    private SimNode c;

    @BeforeEach
    void start() {
        new SimulatedCluster(simulation, 3, 0, SimulatedCluster.Variant.EVENTUAL, (start, store) -> {
            starts.put(start.node(), start);
            stores.put(start.node(), store);
        });
        a = simulation.node("r0");
        b = simulation.node("r1");
        c = simulation.node("r2");
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> stores.size() == 3, Duration.ofMinutes(1)));
        simulation.runFor(TIMEOUT);
    }

    @Test
    void aReplicaThatFailsAfterTheAnswerIsNotAskedAgain() {
        run(a, new Operation.Put(bytes("v")));
        simulation.runFor(TIMEOUT);
        simulation.network().isolate(a);
        long sentBefore = simulation.network().sent();

        assertEquals("v", run(a, new Operation.Get()));
        simulation.runFor(TIMEOUT);

        assertEquals(2, simulation.network().sent() - sentBefore, "one message to each of the others");
    }

    @Test
    void aReplicaThatAnswersIsRepairedThoughAnotherDoesNot() {
        // The other is found to be away before anyone has answered.
        simulation.network().signalsConnections(true);
        run(b, new Operation.Put(bytes("old")));
        simulation.runFor(TIMEOUT);
        simulation.network().isolate(a);
        run(a, new Operation.Put(bytes("new")));
        simulation.runFor(TIMEOUT.multipliedBy(2));
        simulation.network().heal();
        simulation.network().isolate(c);

        run(a, new Operation.Get());
        simulation.runFor(TIMEOUT);

        assertEquals("new", run(b, new Operation.Get()));
    }

    private String run(SimNode node, Operation operation) {
        String[] value = new String[1];
        node.execute(() -> stores.get(node)
                .execute(
                        bytes("k"),
                        operation,
                        starts.get(node).world().clock().nanos() + TIMEOUT.toNanos(),
                        new Completion() {
                            @Override
                            public void complete(Result result) {
                                byte[] read = result.value();
                                value[0] = read == null ? "" : new String(read, StandardCharsets.UTF_8);
                            }

                            @Override
                            public void fail(Throwable error) {
                                throw new AssertionError(operation + " at " + node, error);
                            }
                        }));
        assertTrue(simulation.runUntil(() -> value[0] != null, TIMEOUT));
        return value[0];
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
