package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.internal.register.BatchOutcome;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.PrepareAnswer;
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
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Deleted keys are forgotten once all replicas have them so, and nothing brings them back. */
class DeletionTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final List<String> REPLICAS = List.of("r0", "r1", "r2");

    private final Simulation simulation = Simulation.create(3);
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private final Map<SimNode, World> worlds = new HashMap<>();
    private final SimulatedCluster cluster =
            new SimulatedCluster(simulation, 3, 2, SimulatedCluster.Variant.CORRECT, (start, store) -> {
                stores.put(start.node(), store);
                worlds.put(start.node(), start.world());
            });

    @Test
    void deletedKeysAreForgotten() {
        startAll();
        for (int i = 0; i < 200; i++) {
            put("c0", "key" + i, "value");
        }
        assertEquals(List.of(200, 200, 200), records());
        for (int i = 0; i < 200; i++) {
            delete(i % 2 == 0 ? "c0" : "r1", "key" + i);
        }
        awaitRecords(0);
        for (int i = 0; i < 200; i += 20) {
            assertNull(get("c1", "key" + i));
        }
    }

    @Test
    void aKeyThatIsWrittenAgainStays() {
        startAll();
        put("c0", "key", "one");
        delete("c0", "key");
        put("c1", "key", "two");
        simulation.runFor(LIMIT);
        assertEquals("two", get("r2", "key"));
        delete("c1", "key");
        awaitRecords(0);
        put("c0", "key", "three");
        simulation.runFor(LIMIT);
        assertEquals("three", get("c1", "key"));
        assertEquals(List.of(1, 1, 1), records());
    }

    @Test
    void aRefusedConditionLeavesNothing() {
        startAll();
        assertFalse(run("c0", "key", new Operation.CompareAndSet(bytes("a"), bytes("b")))
                .applied());
        awaitRecords(0);
    }

    @Test
    void aReplicaThatWasAwayForTheWholeLifeOfAKeyDoesNotBringItBack() {
        startAll();
        node("r2").crash();
        put("c0", "key", "value");
        delete("c0", "key");
        simulation.runFor(LONG);
        assertEquals(1, cluster.loop(node("r0")).localRecords());
        assertEquals(1, cluster.loop(node("r1")).localRecords());
        node("r2").start();
        awaitRecords(0);
        node("r0").crash();
        assertNull(get("c1", "key"));
    }

    @Test
    void aReplicaThatMissedTheDeleteOnlyDoesNotBringTheValueBack() {
        startAll();
        put("c0", "key", "value");
        simulation.runFor(LIMIT);
        node("r2").crash();
        delete("c0", "key");
        simulation.runFor(LONG);
        node("r2").start();
        awaitRecords(0);
        node("r1").crash();
        assertNull(get("c1", "key"));
    }

    @Test
    void aDelayedAcceptFromBeforeTheDeleteIsRefusedEvenAfterARestart() {
        startAll();
        Ballot early = new Ballot(1L << 30, 5);
        byte[] state = RegisterState.ABSENT
                .after(bytes("ghost"), early, List.of(BatchOutcome.ofOwn(5, 1, 0)))
                .bytes();
        put("c0", "key", "value");
        delete("c0", "key");
        awaitRecords(0);
        assertNoneAccepts("key", early, state);
        REPLICAS.forEach(replica -> node(replica).crash());
        REPLICAS.forEach(replica -> node(replica).start());
        assertTrue(simulation.runUntil(() -> allVote(), LIMIT));
        assertNoneAccepts("key", early, state);
        assertNull(get("c1", "key"));
        assertEquals(List.of(0, 0, 0), records());
    }

    @Test
    void anAbsentKeyAnswersAPrepareWithTheFloor() {
        startAll();
        put("c0", "key", "value");
        delete("c0", "key");
        Ballot deleted = accepted("key");
        awaitRecords(0);
        List<PrepareAnswer> answers = new ArrayList<>();
        Ballot low = new Ballot(1, 5);
        Ballot high = new Ballot(deleted.counter() + (1L << 30), 5);
        on(
                "c1",
                replication -> replication.prepare(record("other"), low, deadline(), (replica, answer) -> {
                    answers.add(answer);
                    return answers.size() == 3;
                }));
        assertTrue(answers.stream().noneMatch(PrepareAnswer::granted));
        assertTrue(answers.stream().allMatch(answer -> answer.promised().isAbove(deleted)));
        assertEquals(List.of(0, 0, 0), records());
        answers.clear();
        for (int i = 0; i < 2; i++) {
            on(
                    "c1",
                    replication -> replication.prepare(record("other"), high, deadline(), (replica, answer) -> {
                        answers.add(answer);
                        return false;
                    }));
        }
        assertEquals(6, answers.size());
        assertTrue(answers.stream().allMatch(PrepareAnswer::granted));
        assertTrue(answers.stream().allMatch(answer -> answer.floor().isAbove(deleted)));
    }

    @Test
    void aPutThatIsRetriedAfterItsKeyWasDeletedAndForgottenEndsAsUnknown() {
        startAll();
        put("c0", "key", "first");
        REPLICAS.forEach(replica -> simulation.network().cut(node(replica), node("c0")));
        AtomicReference<Object> end = begin("c0", "key", new Operation.Put(bytes("again")), LONG);
        simulation.runFor(Duration.ofSeconds(1));
        assertEquals("again", get("r0", "key"));
        delete("r0", "key");
        awaitRecords(0);
        assertNull(end.get());
        simulation.network().heal();
        assertTrue(simulation.runUntil(() -> end.get() != null, LONG));
        assertInstanceOf(OutcomeUnknownException.class, end.get());
        assertNull(get("c1", "key"));
    }

    @Test
    void aPromiseOfACoordinatorThatIsGoneDoesNotKeepATombstone() {
        startAll();
        put("c0", "key", "value");
        node("r2").crash();
        delete("c0", "key");
        node("r2").start();
        assertTrue(simulation.runUntil(this::allVote, LIMIT));
        simulation.network().cutBoth(node("c1"), node("r0"));
        simulation.network().cutBoth(node("c1"), node("r1"));
        Ballot ballot = new Ballot(
                cluster.loop(node("c1")).ballotClock().nextReading() + (1L << 20),
                cluster.loop(node("c1")).writer());
        on("c1", replication -> replication.prepare(record("key"), ballot, deadline(), (replica, answer) -> true));
        simulation.network().heal();
        awaitRecords(0);
    }

    private void assertNoneAccepts(String key, Ballot ballot, byte[] state) {
        List<AcceptAnswer> answers = new ArrayList<>();
        on(
                "c1",
                replication -> replication.accept(record(key), ballot, state, ballot, deadline(), (replica, answer) -> {
                    answers.add(answer);
                    return answers.size() == 3;
                }));
        assertEquals(3, answers.size());
        assertTrue(answers.stream().noneMatch(AcceptAnswer::accepted));
    }

    private Ballot accepted(String key) {
        AtomicReference<Ballot> highest = new AtomicReference<>(Ballot.NONE);
        on(
                "c1",
                replication -> replication.read(record(key), deadline(), (replica, answer) -> {
                    highest.set(Ballot.max(highest.get(), answer.accepted()));
                    return false;
                }));
        return highest.get();
    }

    private interface Asking {
        void ask(NodeReplication replication);
    }

    private void on(String node, Asking asking) {
        node(node).execute(() -> asking.ask(cluster.loop(node(node))));
        simulation.runFor(Duration.ofSeconds(2));
    }

    private void startAll() {
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(
                () -> stores.size() == simulation.nodes().size() && allVote() && allKnowTheMembers(), LIMIT));
    }

    /** A request that is made before ends when the members are known. */
    private boolean allKnowTheMembers() {
        return simulation.nodes().stream().allMatch(node -> cluster.loop(node).configuration() != null);
    }

    private boolean allVote() {
        return REPLICAS.stream()
                .allMatch(replica -> "VOTING"
                        .equals(String.valueOf(
                                cluster.replication(node(replica)).localState())));
    }

    private List<Integer> records() {
        return REPLICAS.stream()
                .map(replica -> cluster.loop(node(replica)).localRecords())
                .toList();
    }

    private void awaitRecords(int expected) {
        boolean reached = simulation.runUntil(() -> records().stream().allMatch(count -> count == expected), LIMIT);
        assertTrue(reached, () -> "records: " + records());
    }

    private void put(String node, String key, String value) {
        assertTrue(run(node, key, new Operation.Put(bytes(value))).applied());
    }

    private void delete(String node, String key) {
        assertTrue(run(node, key, new Operation.Delete()).applied());
    }

    private @Nullable String get(String node, String key) {
        byte[] value = run(node, key, new Operation.Get()).value();
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    private Result run(String node, String key, Operation operation) {
        AtomicReference<Object> end = begin(node, key, operation, LIMIT);
        assertTrue(simulation.runUntil(() -> end.get() != null, LIMIT.multipliedBy(2)));
        return assertInstanceOf(Result.class, end.get());
    }

    private AtomicReference<Object> begin(String name, String key, Operation operation, Duration timeout) {
        AtomicReference<Object> end = new AtomicReference<>();
        SimNode node = node(name);
        node.execute(() -> {
            long deadline = Objects.requireNonNull(worlds.get(node)).clock().nanos() + timeout.toNanos();
            Objects.requireNonNull(stores.get(node)).execute(bytes(key), operation, deadline, new Completion() {
                @Override
                public void complete(Result result) {
                    end.set(result);
                }

                @Override
                public void fail(Throwable error) {
                    end.set(error);
                }
            });
        });
        return end;
    }

    private long deadline() {
        return Objects.requireNonNull(worlds.get(node("c1"))).clock().nanos()
                + Duration.ofSeconds(1).toNanos();
    }

    private static RecordKey record(String key) {
        return new RecordKey(new StoreSpec("store", "strong").id(), bytes(key));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private SimNode node(String name) {
        return simulation.node(name);
    }
}
