package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.internal.register.BatchOutcome;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * What coordinators that are gone have left half done must not stand in the way of anyone, not even
 * of readers alone.
 */
class UnfinishedRoundTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);
    private static final byte[] VALUE = "value".getBytes(StandardCharsets.UTF_8);
    private static final RecordKey RECORD = new RecordKey(new StoreSpec("store", "strong").id(), KEY);

    private final Simulation simulation = Simulation.create(11);
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private final Map<SimNode, World> worlds = new HashMap<>();
    private final SimulatedCluster cluster =
            new SimulatedCluster(simulation, 3, 2, SimulatedCluster.Variant.CORRECT, (start, store) -> {
                stores.put(start.node(), store);
                worlds.put(start.node(), start.world());
            });

    @Test
    void readsContinueAfterAnAcceptAtOneAndAPromiseOfTheOthers() {
        leaveHalfDone();
        for (String reader : List.of("r0", "r1", "r2", "c0")) {
            read(reader);
        }
    }

    @Test
    void readsContinueEvenWithOneOfThoseWhoPromisedGone() {
        leaveHalfDone();
        node("r2").crash();
        for (String reader : List.of("r0", "r1", "c0")) {
            assertEquals("value", read(reader));
        }
    }

    @Test
    void aNodeThatOnlyReadsHasAReplicaFinishThem() {
        cluster.onlyReads(NodeId.of("c1"));
        leaveHalfDone();
        node("r2").crash();
        assertEquals("value", read("c1"));
        assertEquals("value", read("r0"));
    }

    @Test
    void aNodeThatOnlyReadsAsksTheNextReplicaWhereOneIsSilent() {
        cluster.onlyReads(NodeId.of("c1"));
        leaveHalfDone();
        // It reads with r0 and r1, and asks r1, which is behind, and has no majority; then r2,
        // which it cannot reach.
        simulation.network().cutBoth(node("c1"), node("r2"));
        simulation.network().cutBoth(node("r1"), node("r0"));
        simulation.network().cutBoth(node("r1"), node("r2"));
        assertEquals("value", read("c1"));
    }

    /**
     * A state is accepted by r0 alone; r1 and r2 have promised a higher ballot, with which nothing
     * was ever proposed.
     */
    private void leaveHalfDone() {
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> stores.size() == simulation.nodes().size(), LIMIT));
        cluster.awaitFounding(simulation);
        Ballot accepted = new Ballot(1L << 40, 1);
        byte[] state = RegisterState.ABSENT
                .after(VALUE, accepted, List.of(BatchOutcome.ofOwn(1, 1, 0)))
                .bytes();
        Ballot promised = new Ballot(1L << 41, 2);
        cutOff("r1", "r2");
        ask(replication -> replication.accept(
                RECORD, accepted, state, accepted, deadline(), (replica, answer) -> done(answer.accepted())));
        simulation.network().heal();
        cutOff("r0");
        ask(replication -> replication.prepare(
                RECORD, promised, deadline(), (replica, answer) -> done(answer.granted()) && answers == 2));
        simulation.network().heal();
    }

    private interface Asking {
        void ask(NodeReplication replication);
    }

    private int answers;

    private boolean done(boolean granted) {
        assertTrue(granted);
        answers++;
        return true;
    }

    private void ask(Asking asking) {
        answers = 0;
        node("c0").execute(() -> asking.ask(cluster.loop(node("c0"))));
        simulation.runFor(LIMIT);
        assertTrue(answers > 0);
    }

    private long deadline() {
        return Objects.requireNonNull(worlds.get(node("c0"))).clock().nanos()
                + Duration.ofSeconds(1).toNanos();
    }

    private void cutOff(String... replicas) {
        for (String replica : replicas) {
            simulation.network().cutBoth(node("c0"), node(replica));
        }
    }

    private SimNode node(String name) {
        return simulation.node(name);
    }

    private String read(String reader) {
        List<String> values = new ArrayList<>();
        SimNode node = node(reader);
        node.execute(() -> {
            long deadline = Objects.requireNonNull(worlds.get(node)).clock().nanos() + LIMIT.toNanos();
            Objects.requireNonNull(stores.get(node)).execute(KEY, new Operation.Get(), deadline, new Completion() {
                @Override
                public void complete(Result result) {
                    byte[] value = result.value();
                    values.add(value == null ? "absent" : new String(value, StandardCharsets.UTF_8));
                }

                @Override
                public void fail(Throwable error) {
                    throw new AssertionError(reader + " got no answer", error);
                }
            });
        });
        assertTrue(simulation.runUntil(() -> !values.isEmpty(), LIMIT.multipliedBy(2)), reader);
        return values.get(0);
    }
}
