package io.coterie.consistency.simulated.voters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.quorums.QuorumPair;
import io.coterie.replication.quorums.QuorumSystem;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nine replicas in three zones, of which a majority in each of two is a quorum. */
class CutOffZoneTest {
    private static final byte[] KEY = {'k'};
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final QuorumSystem ZONES = QuorumSystem.zones(
            Map.of("x", List.of("r0", "r1", "r2"), "y", List.of("r3", "r4", "r5"), "z", List.of("r6", "r7", "r8")));

    private final Simulation simulation = Simulation.create(7);
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private final SimulatedCluster cluster = new SimulatedCluster(
            simulation,
            9,
            1,
            SimulatedCluster.Variant.CORRECT.withPolicy(new QuorumPair(ZONES, ZONES).policyName("strong")),
            (start, store) -> stores.put(start.node(), store));

    CutOffZoneTest() {
        simulation.network().signalsConnections(true);
        simulation.nodes().forEach(SimNode::start);
        cluster.awaitFounding(simulation);
        assertTrue(simulation.runUntil(() -> stores.size() == 10, TIMEOUT));
    }

    private Object end(String node, Operation operation) {
        List<Object> outcome = new ArrayList<>();
        SimNode at = simulation.node(node);
        at.execute(() -> Objects.requireNonNull(stores.get(at))
                .execute(
                        KEY, operation, cluster.loop(at).world().clock().nanos() + TIMEOUT.toNanos(), new Completion() {
                            @Override
                            public void complete(Result result) {
                                outcome.add(result);
                            }

                            @Override
                            public void fail(Throwable error) {
                                outcome.add(error);
                            }
                        }));
        assertTrue(simulation.runUntil(() -> !outcome.isEmpty(), TIMEOUT.multipliedBy(2)), node);
        return outcome.get(0);
    }

    private void put(String node, String value) {
        assertInstanceOf(Result.class, end(node, new Operation.Put(value.getBytes(StandardCharsets.UTF_8))), node);
    }

    private String get(String node) {
        Result read = assertInstanceOf(Result.class, end(node, new Operation.Get()), node);
        return new String(Objects.requireNonNull(read.value()), StandardCharsets.UTF_8);
    }

    private List<SimNode> nodes(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> simulation.node("r" + i)).toList();
    }

    @Test
    void theOtherZonesContinueAndTheCutOffOneAnswersNobody() {
        put("c0", "before");
        simulation
                .network()
                .partition(
                        Stream.concat(nodes(0, 6).stream(), Stream.of(simulation.node("c0")))
                                .toList(),
                        nodes(6, 9));
        put("c0", "while");
        assertEquals("while", get("r0"));
        assertInstanceOf(QuorumUnavailableException.class, end("r7", new Operation.Put(new byte[] {1})));
        assertInstanceOf(QuorumUnavailableException.class, end("r7", new Operation.Get()));
        simulation.network().heal();
        simulation.runFor(Duration.ofSeconds(3));
        assertEquals("while", get("r7"));
        put("r7", "after");
        assertEquals("after", get("c0"));
    }

    /** Four of nine are no majority. */
    @Test
    void aMinorityWithTwoZonesIsEnough() {
        put("c0", "before");
        List.of("r2", "r5", "r6", "r7", "r8")
                .forEach(name -> simulation.node(name).kill());
        simulation.runFor(Duration.ofSeconds(2));
        assertEquals("before", get("c0"));
        put("r0", "while");
        assertEquals("while", get("c0"));
    }

    /** Five of nine are a majority, and no two zones have one. */
    @Test
    void aMajorityWithoutTwoZonesIsNotEnough() {
        put("c0", "before");
        List.of("r0", "r1", "r3", "r4").forEach(name -> simulation.node(name).kill());
        simulation.runFor(Duration.ofSeconds(2));
        assertInstanceOf(QuorumUnavailableException.class, end("c0", new Operation.Put(new byte[] {1})));
        simulation.node("r0").start();
        simulation.runFor(Duration.ofSeconds(3));
        assertEquals("before", get("c0"));
    }
}
