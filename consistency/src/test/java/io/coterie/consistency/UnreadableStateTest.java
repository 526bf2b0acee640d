package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.broken.OneStates;
import io.coterie.consistency.internal.strong.StrongStore;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
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
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A state that cannot be read, which a replica of an earlier version kept, stands in nobody's way
 * as long as a majority of others is there. Otherwise operations on its key end at once with what
 * is wrong where, and other keys continue.
 */
class UnreadableStateTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final byte[] KEY = bytes("key");
    private static final RecordKey RECORD = new RecordKey(new StoreSpec("store", "strong").id(), KEY);
    private static final byte[] GARBAGE = {1, 2, 3};
    private static final String PROBLEM = "has 3 bytes that cannot be read for the key 6b6579 (in hexadecimal)";

    private final Simulation simulation = Simulation.create(11);
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private final Map<SimNode, World> worlds = new HashMap<>();
    private SimulatedCluster cluster;

    /** Replicas that check nothing, as those of earlier versions. */
    private void start(Function<StoreContext, PolicyStore> store) {
        SimulatedCluster.Variant variant =
                SimulatedCluster.Variant.CORRECT.withoutRules().withStore(store);
        cluster = new SimulatedCluster(simulation, 3, 1, variant, (start, opened) -> {
            stores.put(start.node(), opened);
            worlds.put(start.node(), start.world());
        });
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> stores.size() == simulation.nodes().size(), LIMIT));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void atOneReplicaItIsPassedOver(boolean oneSends) {
        start(oneSends ? OneStates.always().store() : StrongStore::new);
        for (String node : List.of("r0", "r1", "r2", "c0")) {
            assertEquals("done", end(node, KEY, new Operation.Put(bytes("of " + node))));
            leaveGarbageAt("r0");
            assertEquals("of " + node, end(node, KEY, new Operation.Get()));
            leaveGarbageAt("r0");
            assertEquals("done", end(node, KEY, new Operation.CompareAndSet(bytes("of " + node), bytes("swapped"))));
            assertEquals("swapped", end(node, KEY, new Operation.Get()));
            leaveGarbageAt("r0");
            assertEquals("done", end(node, KEY, new Operation.Delete()));
        }
    }

    @Test
    void atOneReplicaItIsReplacedByLaterChanges() {
        start(StrongStore::new);
        end("c0", KEY, new Operation.Put(bytes("v")));
        leaveGarbageAt("r0");
        for (int i = 0; i < 3; i++) {
            // The first goes by a promise from before, which r0 has given up since.
            end("c0", KEY, new Operation.Put(bytes("w")));
        }
        simulation.runFor(Duration.ofSeconds(2));
        simulation.node("r1").crash();

        assertEquals("w", end("r2", KEY, new Operation.Get()), "r0 and r2 are enough");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void atTooManyReplicasItIsReportedAtOnceAndOtherKeysContinue(boolean oneSends) {
        start(oneSends ? OneStates.always().store() : StrongStore::new);
        leaveGarbageAt("r0", "r1", "r2");
        for (String node : List.of("r0", "c0")) {
            for (Operation operation : List.of(
                    new Operation.Get(), new Operation.Put(bytes("v")), new Operation.PutIfAbsent(bytes("v")))) {
                long before = simulation.nanos();
                String failure = end(node, KEY, operation);
                assertTrue(failure.contains("found a state that cannot be read"), failure);
                assertTrue(failure.contains("r0=" + PROBLEM) && failure.contains("r1=" + PROBLEM), failure);
                assertFalse(failure.contains("=answered"), failure);
                assertTrue(simulation.nanos() - before < Duration.ofSeconds(5).toNanos(), "it does not wait");
            }
            assertEquals("done", end(node, bytes("other"), new Operation.Put(bytes("v"))));
            assertEquals("v", end(node, bytes("other"), new Operation.Get()));
        }
    }

    @Test
    void aWeakReadPassesItOverToo() {
        start(StrongStore::new);
        end("c0", KEY, new Operation.Put(bytes("v")));
        leaveGarbageAt("r0");

        assertEquals("v", ended("r0", weak -> weak.reading(Consistency.eventual()), KEY, new Operation.Get()));

        leaveGarbageAt("r1", "r2");
        String failure = ended("r0", weak -> weak.reading(Consistency.eventual()), KEY, new Operation.Get());
        assertTrue(failure.contains("r2=" + PROBLEM), failure);
    }

    @Test
    void aScanReadsTheKeyByItself() {
        start(StrongStore::new);
        end("c0", KEY, new Operation.Put(bytes("v")));
        end("c0", bytes("other"), new Operation.Put(bytes("v")));
        leaveGarbageAt("r0");
        assertEquals(List.of("key", "other"), scan("r0"));

        leaveGarbageAt("r1", "r2");

        String failure = scan("r0").get(0);
        assertTrue(failure.contains("r0=" + PROBLEM), failure);
    }

    @Test
    void aWatchContinuesWithOtherKeys() {
        start(StrongStore::new);
        List<String> delivered = new ArrayList<>();
        leaveGarbageAt("r0", "r1", "r2");
        SimNode node = simulation.node("r1");
        node.execute(() -> store(node).watch(new byte[0], false, 100, new KeyListener() {
            @Override
            public void onChange(byte[] key, byte @Nullable [] value, Ballot version) {
                delivered.add(text(key));
            }

            @Override
            public void onMissed(byte[] key, Ballot after, Ballot before) {}
        }));
        simulation.runFor(Duration.ofSeconds(5));

        end("c0", bytes("other"), new Operation.Put(bytes("v")));

        assertTrue(simulation.runUntil(() -> delivered.contains("other"), LIMIT), delivered.toString());
    }

    /** Each of these replicas accepts, with a ballot above all so far, what is no state. */
    private void leaveGarbageAt(String... replicas) {
        List<String> others = new ArrayList<>(List.of("r0", "r1", "r2"));
        others.removeAll(List.of(replicas));
        SimNode client = simulation.node("c0");
        assertTrue(simulation.runUntil(() -> cluster.loop(client).configuration() != null && allVote(), LIMIT));
        others.forEach(other -> simulation.network().cutBoth(client, simulation.node(other)));
        // So that no ballot of before is of the same millisecond.
        simulation.runFor(Duration.ofMillis(2));
        int[] accepted = {0};
        client.execute(() -> {
            NodeReplication replication = cluster.loop(client);
            Ballot ballot = new Ballot(replication.ballotClock().nextReading(), 1);
            replication.accept(
                    RECORD, ballot, GARBAGE, ballot, deadline(client, Duration.ofSeconds(1)), (replica, answer) -> {
                        accepted[0] += answer.accepted() ? 1 : 0;
                        return false;
                    });
        });
        assertTrue(simulation.runUntil(() -> accepted[0] == replicas.length, LIMIT));
        simulation.network().heal();
    }

    private boolean allVote() {
        return Stream.of("r0", "r1", "r2")
                .allMatch(
                        replica -> cluster.replication(simulation.node(replica)).localState() == ReplicaState.VOTING);
    }

    private String end(String name, byte[] key, Operation operation) {
        return ended(name, store -> store, key, operation);
    }

    /** How an operation ends: with its value, or "done", or the text of its failure. */
    private String ended(String name, Function<PolicyStore, PolicyStore> view, byte[] key, Operation operation) {
        List<String> ends = new ArrayList<>();
        SimNode node = simulation.node(name);
        node.execute(() -> view.apply(store(node)).execute(key, operation, deadline(node, LIMIT), new Completion() {
            @Override
            public void complete(Result result) {
                byte[] value = result.value();
                ends.add(value == null ? "done" : text(value));
            }

            @Override
            public void fail(Throwable error) {
                ends.add(String.valueOf(error.getMessage()));
            }
        }));
        assertTrue(simulation.runUntil(() -> !ends.isEmpty(), LIMIT.plusSeconds(1)));
        return ends.get(0);
    }

    private List<String> scan(String name) {
        List<List<String>> ends = new ArrayList<>();
        SimNode node = simulation.node(name);
        node.execute(() -> store(node)
                .scan(new KeyRange(new byte[0], new byte[0]), 10, deadline(node, LIMIT), new ScanCompletion() {
                    @Override
                    public void complete(ScannedPage page) {
                        ends.add(page.entries().stream()
                                .map(entry -> text(entry.key()))
                                .toList());
                    }

                    @Override
                    public void fail(Throwable error) {
                        ends.add(List.of(String.valueOf(error.getMessage())));
                    }
                }));
        assertTrue(simulation.runUntil(() -> !ends.isEmpty(), LIMIT.plusSeconds(1)));
        return ends.get(0);
    }

    private PolicyStore store(SimNode node) {
        return Objects.requireNonNull(stores.get(node));
    }

    private long deadline(SimNode node, Duration in) {
        return Objects.requireNonNull(worlds.get(node)).clock().nanos() + in.toNanos();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
