package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.internal.register.ForwardAnswer;
import io.coterie.consistency.internal.register.Forwarded;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.register.StrongCommand;
import io.coterie.consistency.internal.wire.ForwardRequest;
import io.coterie.consistency.internal.wire.HomeAnswer;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.clock.HybridClock;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.CallOptions;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A strong store of which one node asks for what is out of all bounds: {@code c1}, which speaks the
 * protocol and means harm. And the same where clocks are wrong. In the end every operation of every
 * other node ends well, on all keys.
 */
class AbsurdBallotsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration DAY = Duration.ofDays(1);
    private static final List<String> REPLICAS = List.of("r0", "r1", "r2");
    private static final List<String> HONEST = List.of("r0", "r1", "r2", "c0");
    private static final long HARM = 7;

    private final Simulation simulation = Simulation.create(3);
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private final Map<SimNode, World> worlds = new HashMap<>();
    private final SimulatedCluster cluster = new SimulatedCluster(
            simulation,
            3,
            2,
            SimulatedCluster.Variant.CORRECT.withCollection(Duration.ofMinutes(10)),
            (start, store) -> {
                stores.put(start.node(), store);
                worlds.put(start.node(), start.world());
            });
    private int values;

    @BeforeEach
    void startAll() {
        start("r0", "r1", "r2", "c0", "c1");
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 5, Long.MAX_VALUE >> 1, 0})
    void noBallotOfOneNodeKeepsOthersFromAKey(long counter) {
        Ballot absurd = counter == 0 ? ballotAhead(DAY.plusMinutes(1)) : new Ballot(counter, HARM);
        put("c0", "prepared", "before");
        byte[] state = RegisterState.ABSENT
                .after(bytes("harm"), ballotAhead(Duration.ZERO), List.of())
                .bytes();

        assertRefused((replication, refusals) ->
                replication.prepare(record("prepared"), absurd, deadline("c1"), refusals.collector()));
        assertRefused((replication, refusals) ->
                replication.prepare(record("never written"), absurd, deadline("c1"), refusals.collector()));
        assertRefused((replication, refusals) ->
                replication.accept(record("accepted"), absurd, state, absurd, deadline("c1"), refusals.collector()));
        Ballot fair = ballotAhead(Duration.ZERO);
        assertRefused((replication, refusals) ->
                replication.accept(record("next"), fair, state, absurd, deadline("c1"), refusals.collector()));

        assertAllIsWell("prepared", "never written", "accepted", "next", "other");
        restartReplicas();
        assertAllIsWell("prepared", "never written", "accepted", "next", "other");
        assertClocksAreRight();
    }

    @Test
    void whatOneNodeAsksForWithinBoundsIsFollowedByAll() {
        put("c0", "prepared", "before");
        for (int i = 0; i < 10; i++) {
            Ballot far = ballotAhead(DAY.minusMillis(1));
            prepare("prepared", far);
            assertAllIsWell("prepared", "other");
        }
        restartReplicas();
        assertAllIsWell("prepared", "other");
    }

    @Test
    void noTimestampOfOneNodeIsTakenByTheHomeOfAKey() {
        put("c0", "k", "before");
        for (String home : REPLICAS) {
            AtomicReference<@Nullable CompletableFuture<HomeAnswer>> call = new AtomicReference<>();
            Forwarded batch = new Forwarded(
                    HARM, Long.MAX_VALUE, List.of(new StrongCommand.Apply(new Operation.Put(bytes("harm")))));
            on(
                    "c1",
                    replication -> call.set(replication
                            .node()
                            .call(
                                    NodeId.of(home),
                                    ForwardRequest.method("store"),
                                    new ForwardRequest(bytes("k"), TIMEOUT.toNanos(), batch),
                                    CallOptions.within(TIMEOUT))));
            CompletableFuture<HomeAnswer> answer = Objects.requireNonNull(call.get());
            assertTrue(simulation.runUntil(answer::isDone, LIMIT));
            assertInstanceOf(ForwardAnswer.Stale.class, answer.join().answer());
        }
        assertEquals("before", get("c0", "k"));
        assertAllIsWell("k", "other");
        assertClocksAreRight();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 24 * 1_000})
    void aClusterWhoseClocksAreSetBackContinues(long hours) {
        simulation.nodes().forEach(node -> node.jumpWallClock(Duration.ofHours(hours)));
        for (int i = 0; i < 20; i++) {
            put("c0", "k" + i, "before");
        }
        simulation.nodes().forEach(SimNode::setWallClock);
        for (int i = 0; i < 10; i++) {
            assertAllIsWell("k" + i, "new" + i);
        }
        restartReplicas();
        for (int i = 0; i < 20; i++) {
            assertAllIsWell("k" + i, "newer" + i);
        }
        node("c0").restart();
        start("c0");
        node("r1").crash();
        for (int i = 0; i < 20; i++) {
            assertAllIsWell(List.of("c0", "r0", "r2"), "k" + i, "newer" + i);
        }
    }

    @Test
    void aClusterWhoseClocksWereSetBackContinuesWithoutAnyOneReplica() {
        simulation.nodes().forEach(node -> node.jumpWallClock(Duration.ofDays(1_000)));
        for (int i = 0; i < 20; i++) {
            put("c0", "k" + i, "before");
        }
        node("r2").crash();
        simulation.runFor(Duration.ofMinutes(1));
        for (int i = 0; i < 20; i++) {
            put("c0", "k" + i, "later");
        }
        simulation.nodes().forEach(SimNode::setWallClock);
        simulation.nodes().stream().filter(SimNode::isUp).forEach(SimNode::crash);
        start("r1", "r2", "c0", "c1");
        for (int i = 0; i < 20; i++) {
            assertEquals("later", get("c0", "k" + i));
            assertAllIsWell(List.of("c0", "r1", "r2"), "k" + i, "new" + i);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 24 * 1_000, -1, -24 * 1_000})
    void aReplicaWhoseClockIsWrongChangesWhatOthersDo(long hours) {
        put("c0", "k", "before");
        node("r2").jumpWallClock(Duration.ofHours(hours));
        for (int i = 0; i < 3; i++) {
            assertAllIsWell("k", "k" + i);
        }
        node("r0").crash();
        assertAllIsWell(List.of("c0", "r1", "r2"), "later");
        start("r0");
        node("r2").setWallClock();
        assertAllIsWell("k", "k0", "later", "latest");
        restartReplicas();
        assertAllIsWell("k", "k0", "later", "latest");
        assertClocksAreWithin(DAY);
    }

    @Test
    void aClientWhoseClockIsWrongChangesWhatOthersDo() {
        put("r0", "k", "before");
        node("c0").jumpWallClock(Duration.ofDays(1_000));
        assertAllIsWell("k", "other");
        node("c0").setWallClock();
        assertAllIsWell("k", "other");
        assertClocksAreRight();
    }

    @Test
    void aKeyWhosePromisesAreFarApartIsReadAndItsChangesAreRefusedByName() {
        for (int i = 0; i < 20; i++) {
            put("c0", "k" + i, "before");
        }
        for (int i = 0; i < 2; i++) {
            SimNode wrong = node(REPLICAS.get(i));
            Duration lead = Duration.ofDays(1_000L * (i + 1));
            wrong.jumpWallClock(lead);
            prepare("k0", ballotAhead(lead));
            wrong.setWallClock();
        }
        restartReplicas();

        Object end = end("c0", "k0", new Operation.Put(bytes("v")), Duration.ofSeconds(4));

        String text = assertInstanceOf(CoterieException.class, end).getMessage();
        assertTrue(
                text.contains("set the clocks that are wrong") && text.contains("ahead of this replica's clock"), text);
        assertEquals("before", get("c0", "k0"));
        assertAllIsWell("k1", "other");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10, 30})
    void aKeyThatOneReplicaAloneHasPromisedAwayIsChangedThoughTheOthersAreSlow(int millis) {
        for (int i = 0; i < 20; i++) {
            put("c0", "k" + i, "before");
        }
        node("r0").jumpWallClock(Duration.ofDays(1_000));
        for (int i = 0; i < 20; i++) {
            prepare("k" + i, ballotAhead(Duration.ofDays(1_000)));
        }
        node("r0").setWallClock();
        restartReplicas();
        NetworkFaults slow =
                new NetworkFaults(0, 0, Duration.ofMillis(millis), Duration.ofMillis(2L * millis), 0, Duration.ZERO);
        for (String near : List.of("c0", "r0", "r1", "r2")) {
            for (String far : List.of("r1", "r2")) {
                if (!near.equals(far)) {
                    simulation.network().faults(node(near), node(far), slow);
                    simulation.network().faults(node(far), node(near), slow);
                }
            }
        }

        for (int i = 0; i < 20; i++) {
            assertAllIsWell("k" + i);
        }
    }

    @Test
    void aDirectoryThatHoldsAnAbsurdBallotOpensAndKeepsItToItsKey() {
        for (int i = 0; i < 20; i++) {
            put("c0", "k" + i, "before");
        }
        simulation.nodes().forEach(node -> node.jumpWallClock(Duration.ofDays(1_000)));
        put("r0", "written", "before");
        Ballot far = ballotAhead(DAY);
        for (String key : List.of("prepared", "k0")) {
            prepare(key, far);
        }
        simulation.nodes().forEach(SimNode::setWallClock);
        restartReplicas();
        assertEquals("before", get("c0", "written"));
        for (int i = 0; i < 20; i++) {
            assertAllIsWell("k" + i, "new" + i);
        }
        assertAllIsWell("prepared", "written");
        assertClocksAreRight();
        restartReplicas();
        assertAllIsWell("prepared", "written", "k0", "other");
    }

    @Test
    void noClientHasDeletedKeysForgotten() {
        Ballot deleted = deletedBy("c1", "own");
        Refusals refusals = new Refusals();
        on(
                "c1",
                replication -> replication.remove(
                        record("own"),
                        deleted,
                        new Ballot(Long.MAX_VALUE, HARM),
                        deadline("c1"),
                        refusals.collector()));
        assertEquals(REPLICAS.size(), refusals.texts.size(), refusals.texts::toString);
        refusals.texts
                .values()
                .forEach(text -> assertTrue(text.contains("the method needs the role replica or higher"), text));
        assertAllIsWell("own", "absent", "absent, too");
        restartReplicas();
        assertAllIsWell("own", "absent", "never there");
    }

    @Test
    void noReplicaRaisesAFloorOutOfBounds() {
        Ballot deleted = deletedBy("c1", "own");
        Refusals refusals = new Refusals();
        for (long counter :
                new long[] {Long.MAX_VALUE, ballotAhead(DAY.plusMinutes(1)).counter()}) {
            on(
                    "r0",
                    replication -> replication.remove(
                            record("own"), deleted, new Ballot(counter, HARM), deadline("r0"), refusals.collector()));
            assertEquals(REPLICAS.size(), refusals.texts.size(), refusals.texts::toString);
            refusals.texts.values().forEach(text -> assertTrue(text.contains("the floor is "), text));
        }
        assertAllIsWell("own", "absent", "absent, too");
        restartReplicas();
        assertAllIsWell("own", "absent", "never there");
    }

    private Ballot deletedBy(String node, String key) {
        put(node, key, "value");
        assertInstanceOf(Result.class, end(node, key, new Operation.Delete(), LIMIT));
        AtomicReference<Ballot> deleted = new AtomicReference<>(Ballot.NONE);
        on(
                node,
                replication -> replication.read(record(key), deadline(node), (replica, answer) -> {
                    deleted.set(Ballot.max(deleted.get(), answer.accepted()));
                    return false;
                }));
        return deleted.get();
    }

    private void prepare(String key, Ballot ballot) {
        on("c1", replication -> replication.prepare(record(key), ballot, deadline("c1"), (replica, answer) -> false));
    }

    private interface Attack {
        void with(NodeReplication replication, Refusals refusals);
    }

    /** What each replica said to a request that it refused. */
    private static final class Refusals {
        final Map<NodeId, String> texts = new LinkedHashMap<>();
        final List<Object> answers = new ArrayList<>();

        <A> ResponseCollector<A> collector() {
            return new ResponseCollector<>() {
                @Override
                public boolean onAnswer(NodeId replica, A answer) {
                    answers.add(answer);
                    return false;
                }

                @Override
                public void onClockAhead(NodeId replica, String problem) {
                    texts.put(replica, problem);
                }

                @Override
                public void onProblem(NodeId replica, String problem) {
                    texts.put(replica, problem);
                }
            };
        }
    }

    private void assertRefused(Attack attack) {
        Refusals refusals = new Refusals();
        on("c1", replication -> attack.with(replication, refusals));
        assertEquals(List.of(), refusals.answers);
        assertEquals(REPLICAS.size(), refusals.texts.size(), refusals.texts::toString);
        refusals.texts
                .values()
                .forEach(text -> assertTrue(
                        text.contains(
                                "ahead of this replica's clock, which accepts no more than 86400 s; set the clock of"
                                        + " c1"),
                        text));
    }

    private void assertAllIsWell(String... keys) {
        assertAllIsWell(HONEST, keys);
    }

    /** Each node puts, is read by the others, and adds to what they put. */
    private void assertAllIsWell(List<String> nodes, String... keys) {
        for (String key : keys) {
            for (int i = 0; i < nodes.size(); i++) {
                String value = "v" + ++values;
                put(nodes.get(i), key, value);
                assertEquals(value, get(nodes.get((i + 1) % nodes.size()), key), key);
            }
        }
    }

    private void assertClocksAreRight() {
        assertClocksAreWithin(Duration.ofSeconds(1));
    }

    private void assertClocksAreWithin(Duration lead) {
        for (String node : HONEST) {
            AtomicReference<@Nullable Long> ahead = new AtomicReference<>();
            on(
                    node,
                    replication -> ahead.set(
                            HybridClock.millis(replication.ballotClock().nextReading())
                                    - replication.world().clock().wallMillis()));
            assertTrue(
                    Objects.requireNonNull(ahead.get()) <= lead.toMillis(), () -> node + " is ahead by " + ahead.get());
        }
    }

    private Ballot ballotAhead(Duration lead) {
        long millis = world("c1").clock().wallMillis() + lead.toMillis();
        return new Ballot(millis << 16, HARM);
    }

    private void restartReplicas() {
        REPLICAS.forEach(replica -> node(replica).crash());
        start("r0", "r1", "r2");
    }

    private void start(String... names) {
        for (String name : names) {
            stores.remove(node(name));
            if (!node(name).isUp()) {
                node(name).start();
            }
        }
        assertTrue(simulation.runUntil(
                () -> List.of(names).stream().allMatch(name -> stores.containsKey(node(name)) && votes(name)), LIMIT));
        simulation.runFor(Duration.ofSeconds(2));
    }

    private boolean votes(String name) {
        return !REPLICAS.contains(name)
                || "VOTING"
                        .equals(String.valueOf(cluster.replication(node(name)).localState()));
    }

    private void on(String node, Consumer<NodeReplication> task) {
        node(node).execute(() -> task.accept(cluster.loop(node(node))));
        simulation.runFor(Duration.ofMillis(500));
    }

    private void put(String node, String key, String value) {
        Object end = end(node, key, new Operation.Put(bytes(value)), LIMIT);
        assertInstanceOf(Result.class, end, () -> "put of " + key + " at " + node + ": " + end);
    }

    private @Nullable String get(String node, String key) {
        Object end = end(node, key, new Operation.Get(), LIMIT);
        byte[] value = assertInstanceOf(Result.class, end, () -> "get of " + key + " at " + node + ": " + end)
                .value();
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    private Object end(String name, String key, Operation operation, Duration within) {
        AtomicReference<@Nullable Object> end = new AtomicReference<>();
        SimNode node = node(name);
        node.execute(() -> {
            long deadline = world(name).clock().nanos() + TIMEOUT.toNanos();
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
        assertTrue(simulation.runUntil(() -> end.get() != null, within), () -> operation + " at " + name + " hangs");
        return Objects.requireNonNull(end.get());
    }

    private long deadline(String node) {
        return world(node).clock().nanos() + Duration.ofMillis(400).toNanos();
    }

    private World world(String node) {
        return Objects.requireNonNull(worlds.get(node(node)));
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
