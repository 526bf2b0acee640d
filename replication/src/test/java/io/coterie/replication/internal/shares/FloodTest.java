package io.coterie.replication.internal.shares;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.Replication;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.internal.wire.Addressed;
import io.coterie.replication.internal.wire.ReadMethod;
import io.coterie.replication.internal.wire.ScanMethod;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ScanAnswer;
import io.coterie.replication.spi.ScanRequest;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.Voters;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One node that floods a replica with what the protocol allows, beside one that asks for little.
 */
class FloodTest {
    private static final NodeId REPLICA = NodeId.of("r");
    private static final StoreSpec STORE = new StoreSpec("store", "strong");
    private static final int KEYS = 10;
    private static final int STATE_BYTES = 100 << 10;
    private static final int FLOOD = 900;
    private static final long TIMEOUT_NANOS = Duration.ofSeconds(30).toNanos();

    private final Simulation simulation = Simulation.create(1);
    private final Map<String, NodeReplication> replications = new HashMap<>();

    /** The callers that were answered, in that order. */
    private final List<String> answered = new ArrayList<>();

    private final List<ScanAnswer> pages = new ArrayList<>();
    private final List<RpcException> failures = new ArrayList<>();

    @BeforeEach
    void fill() {
        simulation.network().faults(NetworkFaults.none().withDelay(Duration.ofMillis(1), Duration.ofMillis(1)));
        List<SimNode> nodes = List.of(
                simulation.node("r", this::boot),
                simulation.node("flood", this::boot),
                simulation.node("honest", this::boot));
        nodes.forEach(SimNode::start);
        for (String node : List.of("flood", "honest")) {
            on(node, () -> replications.get(node).openStore(STORE, 1, opening -> {}));
        }
        for (int i = 0; i < KEYS; i++) {
            RecordKey key = key(i);
            on(
                    "honest",
                    () -> replications
                            .get("honest")
                            .accept(
                                    key,
                                    new Ballot(1, 1),
                                    new byte[STATE_BYTES],
                                    new Ballot(1, 1),
                                    deadline(),
                                    (from, answer) -> true));
        }
        assertEquals(KEYS, replications.get("r").localRecords());
    }

    private void boot(SimStart start) {
        RpcNode node = RpcNode.builder()
                .cluster("simulated")
                .self(start.node().id())
                .transport(start.transport())
                .world(start.world())
                .executor(start.executor())
                .start();
        replications.put(
                start.node().id().name(),
                NodeReplication.of(
                        Replication.start(node, List.of(REPLICA), Storage.memory(), ReplicationOptions.defaults())
                                .loop()));
    }

    private void on(String node, Runnable task) {
        simulation.node(node).execute(task);
        simulation.runFor(Duration.ofMillis(100));
    }

    private static RecordKey key(int i) {
        return new RecordKey(STORE.id(), new byte[] {(byte) i});
    }

    private long deadline() {
        return replications.get("honest").world().clock().nanos() + TIMEOUT_NANOS;
    }

    private <Q, A> void send(String node, RpcMethod<Addressed<Q>, A> method, Q request) {
        NodeReplication from = replications.get(node);
        Voters voters = from.voters();
        Addressed<Q> addressed = new Addressed<>(voters.since(), voters.incarnation(voters.indexOf(REPLICA)), request);
        from.node().loop().send(REPLICA, method, addressed, TIMEOUT_NANOS, new ReplyHandler<>() {
            @Override
            public void onReply(NodeId peer, A response) {
                answered.add(node);
                if (response instanceof ScanAnswer page) {
                    pages.add(page);
                }
            }

            @Override
            public void onFailure(NodeId peer, RpcException failure) {
                failures.add(failure);
            }
        });
    }

    /**
     * One node sends many, and the other then one; returns how many of the many were answered
     * before the one.
     */
    private <Q, A> int answeredBeforeTheOther(RpcMethod<Addressed<Q>, A> method, Q request, int times) {
        simulation.node("flood").execute(() -> {
            for (int i = 0; i < times; i++) {
                send("flood", method, request);
            }
        });
        // At the same moment of virtual time, in which the replica does all that it can, but behind
        // it.
        simulation.node("honest").execute(() -> send("honest", method, request));
        assertTrue(simulation.runUntil(() -> answered.contains("honest"), Duration.ofSeconds(30)));
        int before = answered.indexOf("honest");
        assertTrue(simulation.runUntil(() -> answered.size() + failures.size() == times + 1, Duration.ofSeconds(30)));
        return before;
    }

    private static ScanRequest scan() {
        return new ScanRequest(STORE.id(), new byte[0], new byte[0], 100);
    }

    @Test
    void aScanIsAnsweredBeforeAnEarlierFloodOfAnotherNode() {
        int before = answeredBeforeTheOther(ScanMethod.METHOD, scan(), FLOOD);

        assertTrue(before <= 3, () -> "scans of the flood that were answered first: " + before);
        assertEquals(FLOOD + 1, answered.size());
    }

    @Test
    void aScanBeyondTheShareOfItsNodeIsAnsweredWithASmallerPage() {
        simulation.node("flood").execute(() -> {
            for (int i = 0; i < 10; i++) {
                send("flood", ScanMethod.METHOD, scan());
            }
        });
        assertTrue(simulation.runUntil(() -> pages.size() == 10, Duration.ofSeconds(30)));

        assertEquals(2, pages.get(0).keys().size());
        for (ScanAnswer page : pages.subList(1, 10)) {
            assertEquals(1, page.keys().size());
            assertArrayEquals(page.keys().get(0).key(), page.upTo(), "it names the last key that it covers");
        }
    }

    @Test
    void aReadIsAnsweredBeforeAnEarlierFloodOfAnotherNode() {
        int before = answeredBeforeTheOther(ReadMethod.BATCH.one(), new ReadMethod.Request(key(1), Ballot.NONE), FLOOD);

        assertTrue(before <= 6, () -> "reads of the flood that were answered first: " + before);
        assertEquals(FLOOD + 1, answered.size());
    }

    @Test
    void aFloodOfScansIsRefusedByNameBeyondABound() {
        int before = answeredBeforeTheOther(ScanMethod.METHOD, scan(), 3 * FLOOD);

        assertTrue(before <= 3, () -> "scans of the flood that were answered first: " + before);
        assertTrue(failures.size() > FLOOD, () -> "refused: " + failures.size());
        for (RpcException failure : failures) {
            assertTrue(
                    failure instanceof OverloadedException
                            && failure.getMessage().contains("node flood uses more than its share"),
                    failure::toString);
        }
    }
}
