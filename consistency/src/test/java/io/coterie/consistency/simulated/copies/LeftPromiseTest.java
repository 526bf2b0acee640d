package io.coterie.consistency.simulated.copies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.internal.register.BatchOutcome;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.replica.CopyRepair;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.ReplicationLoop;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * A coordinator is gone after its promises: the replicas that gave them must not take the state
 * that they lack, so it is proposed once more.
 */
class LeftPromiseTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);
    private static final RecordKey RECORD = new RecordKey(new StoreSpec("store", "strong").id(), KEY);
    private static final Ballot ACCEPTED = new Ballot(1L << 40, 1);
    private static final Ballot PROMISED = new Ballot(1L << 41, 2);

    private final Simulation simulation = Simulation.create(11);
    private final Set<NodeId> open = new HashSet<>();
    private final List<CopyRepair> repairs = new ArrayList<>();
    private final SimulatedCluster cluster = new SimulatedCluster(
            simulation,
            3,
            1,
            SimulatedCluster.Variant.CORRECT.withCopyRepair(Duration.ofSeconds(1), repairs::add),
            (start, store) -> open.add(start.node().id()));
    private final Map<NodeId, ReadAnswer> found = new HashMap<>();
    private int answers;

    @Test
    void aStateBelowAPromiseIsProposedOnceMoreAndAcceptedEverywhere() {
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> open.size() == 4, LIMIT));
        cluster.awaitFounding(simulation);
        byte[] state = RegisterState.ABSENT
                .after("value".getBytes(StandardCharsets.UTF_8), ACCEPTED, List.of(BatchOutcome.ofOwn(1, 1, 0)))
                .bytes();
        whileAway(
                List.of("r1", "r2"),
                loop -> loop.accept(
                        RECORD, ACCEPTED, state, ACCEPTED, deadline(), (replica, answer) -> ++answers == 1));
        whileAway(
                List.of("r0"), loop -> loop.prepare(RECORD, PROMISED, deadline(), (replica, answer) -> ++answers == 2));
        assertEquals(0, reproposed());

        simulation.runFor(Duration.ofMinutes(1));

        onLoop(loop -> loop.read(RECORD, deadline(), (replica, answer) -> {
            found.put(replica, answer);
            return ++answers == 3;
        }));
        assertTrue(simulation.runUntil(() -> answers == 3, LIMIT));
        assertEquals(
                1, found.values().stream().map(ReadAnswer::accepted).distinct().count());
        found.values().forEach(copy -> assertTrue(copy.accepted().isAbove(PROMISED)));
        assertTrue(reproposed() > 0);
        long before = reproposed();
        simulation.runFor(Duration.ofMinutes(1));
        assertEquals(before, reproposed(), "what is everywhere is left alone");
    }

    private long reproposed() {
        return repairs.stream().mapToLong(CopyRepair::reproposed).sum();
    }

    /** Sends a request that these replicas do not get, and waits for the other answers. */
    private void whileAway(List<String> away, Consumer<ReplicationLoop> request) {
        away.forEach(replica -> simulation.network().cutBoth(node("c0"), node(replica)));
        onLoop(request);
        assertTrue(simulation.runUntil(() -> answers == 3 - away.size(), LIMIT));
        simulation.network().heal();
    }

    private void onLoop(Consumer<ReplicationLoop> request) {
        answers = 0;
        ReplicationLoop loop = cluster.replication(node("c0")).loop();
        node("c0").execute(() -> request.accept(loop));
    }

    private long deadline() {
        return cluster.replication(node("c0")).world().clock().nanos() + LIMIT.toNanos();
    }

    private SimNode node(String name) {
        return simulation.node(name);
    }
}
