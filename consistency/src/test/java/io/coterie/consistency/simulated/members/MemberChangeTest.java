package io.coterie.consistency.simulated.members;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.replication.ChangeRefusedException;
import io.coterie.replication.ChangeRefusedException.Reason;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.change.ChangeListener;
import io.coterie.replication.internal.change.ChangeRequest;
import io.coterie.replication.internal.change.ChangeRequest.Newcomer;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimDisk;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Members are replaced, added and removed, or lose their records, and nothing is lost. */
class MemberChangeTest {
    private static final int KEYS = 60;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Simulation simulation = Simulation.create(7);
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private SimulatedCluster cluster;

    /** How a change ended. */
    private static final class Watched implements ChangeListener {
        private long epoch;
        private boolean over;
        private @Nullable ChangeRefusedException refusal;

        @Override
        public void begun(long begun) {
            epoch = begun;
        }

        @Override
        public void ended(@Nullable ChangeRefusedException why) {
            over = true;
            refusal = why;
        }
    }

    private void start(int replicas, Variant variant) {
        cluster = new SimulatedCluster(
                simulation, replicas, 1, variant, (start, store) -> stores.put(start.node(), store));
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> stores.size() == replicas + 1, LIMIT));
        for (int i = 0; i < replicas; i++) {
            votes("r" + i);
        }
    }

    private SimNode node(String name) {
        return simulation.node(name);
    }

    private SimNode newcomer(String name, String... others) {
        List<NodeId> list = Stream.concat(Stream.of(others), Stream.of(name))
                .map(NodeId::of)
                .toList();
        SimNode node = cluster.newcomer(simulation, name, list);
        node.start();
        return node;
    }

    private void putAll(String value) {
        for (int i = 0; i < KEYS; i++) {
            assertNotNull(run("k" + i, new Operation.Put(value.getBytes(StandardCharsets.UTF_8))));
        }
    }

    private void hasAll(String value) {
        for (int i = 0; i < KEYS; i++) {
            assertArrayEquals(
                    value.getBytes(StandardCharsets.UTF_8),
                    run("k" + i, new Operation.Get()).value(),
                    "k" + i);
        }
    }

    private Result run(String key, Operation operation) {
        List<Object> results = new ArrayList<>();
        SimNode client = node("c0");
        client.execute(() -> {
            long deadline = cluster.loop(client).world().clock().nanos() + LIMIT.toNanos();
            stores.get(client).execute(key.getBytes(StandardCharsets.UTF_8), operation, deadline, new Completion() {
                @Override
                public void complete(Result result) {
                    results.add(result);
                }

                @Override
                public void fail(Throwable error) {
                    results.add(error);
                }
            });
        });
        assertTrue(simulation.runUntil(() -> !results.isEmpty(), LIMIT), () -> "no end of the operation on " + key);
        if (results.get(0) instanceof Throwable error) {
            throw new AssertionError(operation + " of " + key, error);
        }
        return (Result) results.get(0);
    }

    private Watched change(String at, @Nullable String leaving, @Nullable String newcomer, boolean force) {
        Watched watched = begin(at, leaving, newcomer, force);
        assertTrue(simulation.runUntil(() -> watched.over, LIMIT), "the change does not end");
        return watched;
    }

    private Watched begin(String at, @Nullable String leaving, @Nullable String newcomer, boolean force) {
        Watched watched = new Watched();
        ChangeRequest request = new ChangeRequest(
                leaving == null ? null : NodeId.of(leaving),
                newcomer == null ? null : new Newcomer(NodeId.of(newcomer), ""),
                force);
        node(at).execute(() -> cluster.changes(node(at)).begin(request, watched));
        return watched;
    }

    private void isMade(Watched change) {
        assertNull(change.refusal, () -> change.refusal.getMessage());
    }

    private void isRefused(Reason reason, Watched change) {
        assertNotNull(change.refusal, "it was made");
        assertEquals(reason, change.refusal.reason(), change.refusal.getMessage());
    }

    private Set<String> members(String at) {
        Set<String> names = new TreeSet<>();
        cluster.loop(node(at))
                .configuration()
                .members()
                .forEach(member -> names.add(member.id().node().name()));
        return names;
    }

    private void votes(String... names) {
        assertTrue(
                simulation.runUntil(
                        () -> Stream.of(names)
                                .allMatch(
                                        name -> cluster.replication(node(name)).localState() == ReplicaState.VOTING),
                        LIMIT),
                () -> String.join(
                        "; ",
                        Stream.of(names)
                                .map(name -> String.valueOf(
                                        cluster.replication(node(name)).localProblem()))
                                .toList()));
    }

    @Test
    void aDeadMemberIsReplaced() {
        start(3, Variant.CORRECT);
        putAll("1");
        node("r1").crash();
        newcomer("s", "r0", "r2");
        isMade(change("r0", "r1", "s", false));
        assertEquals(new TreeSet<>(List.of("r0", "r2", "s")), members("r0"));
        node("r0").crash();
        hasAll("1");
        putAll("2");
        hasAll("2");
    }

    @Test
    void aMemberIsAddedAndAnotherIsRemoved() {
        start(3, Variant.CORRECT);
        putAll("1");
        newcomer("s", "r0", "r1", "r2");
        isMade(change("r1", null, "s", false));
        newcomer("t", "r0", "r1", "r2", "s");
        isMade(change("s", null, "t", false));
        node("r0").crash();
        node("r1").crash();
        hasAll("1");
        node("r0").start();
        node("r1").start();
        votes("r0", "r1", "s", "t");
        isMade(change("s", "r0", null, false));
        isMade(change("s", "r1", null, true));
        assertEquals(new TreeSet<>(List.of("r2", "s", "t")), members("s"));
        node("r0").crash();
        node("r1").crash();
        putAll("2");
        hasAll("2");
    }

    @Test
    void oneReplicaGrowsToFiveAndBack() {
        start(1, Variant.CORRECT);
        putAll("1");
        newcomer("s1", "r0");
        isMade(change("r0", null, "s1", false));
        newcomer("s2", "r0", "s1");
        isMade(change("s1", null, "s2", false));
        newcomer("s3", "r0", "s1", "s2");
        isMade(change("r0", null, "s3", false));
        newcomer("s4", "r0", "s1", "s2", "s3");
        isMade(change("s3", null, "s4", false));
        hasAll("1");
        isMade(change("s4", "r0", null, false));
        isMade(change("s4", "s1", null, true));
        node("r0").crash();
        node("s1").crash();
        node("s2").crash();
        hasAll("1");
        putAll("2");
    }

    @Test
    void aLostDiskHealsItself() {
        start(3, Variant.CORRECT);
        putAll("1");
        node("r2").crash();
        node("r2").disk().wipe();
        node("r2").start();
        votes("r2");
        simulation.runFor(Duration.ofSeconds(10));
        votes("r0", "r1", "r2");
        node("r0").crash();
        hasAll("1");
        putAll("2");
    }

    @Test
    void anOlderCopyOfADirectoryHealsItself() {
        start(3, Variant.CORRECT);
        putAll("1");
        SimDisk.Image copy = node("r2").disk().image();
        node("r2").restart();
        votes("r2");
        node("r1").crash();
        putAll("2");
        node("r1").start();
        votes("r1");
        restore("r2", copy);
        isStable();
        votes("r0", "r1", "r2");
        node("r0").crash();
        hasAll("2");
        putAll("3");
        node("r0").start();
        node("r2").restart();
        votes("r0", "r2");
        node("r1").crash();
        hasAll("3");
    }

    /** What lost records knew of the others is gone with them. */
    @Test
    void membersThatLostTheirRecordsRememberStartsNevertheless() {
        start(3, Variant.CORRECT);
        putAll("1");
        SimDisk.Image copy = node("r0").disk().image();
        node("r0").restart();
        votes("r0");
        for (String name : List.of("r1", "r2")) {
            node(name).crash();
            node(name).disk().wipe();
            node(name).start();
            simulation.runFor(Duration.ofSeconds(10));
            votes("r0", "r1", "r2");
        }
        restore("r0", copy);
        votes("r0", "r1", "r2");
    }

    /** Puts an older copy of its disk into a replica, and waits until other records count. */
    private void restore(String name, SimDisk.Image copy) {
        node(name).crash();
        long before = incarnation(name);
        node(name).disk().restore(copy);
        node(name).start();
        assertTrue(
                simulation.runUntil(() -> incarnation(name) != before, LIMIT),
                () -> name + " is believed: " + cluster.replication(node(name)).localProblem());
    }

    private void isStable() {
        assertTrue(
                simulation.runUntil(
                        () -> !cluster.loop(node("r1")).configuration().isMoving(), LIMIT),
                "the change does not end");
    }

    /** Which records of a replica count, as another one knows it. */
    private long incarnation(String name) {
        String other = name.equals("r1") ? "r2" : "r1";
        return cluster.loop(node(other)).configuration().placement().incarnationOf(NodeId.of(name));
    }

    @Test
    void aClusterThatStopsInAChangeContinuesWithoutTheMembersThatAreLostThen() {
        start(3, Variant.CORRECT);
        putAll("1");
        newcomer("s", "r0", "r1", "r2");
        Watched change = begin("r0", "r2", "s", true);
        assertTrue(simulation.runUntil(() -> change.epoch > 0, LIMIT));
        node("s").crash();
        simulation.runFor(Duration.ofSeconds(5));
        simulation.nodes().forEach(SimNode::crash);
        List.of("r0", "r1", "c0").forEach(name -> node(name).start());
        assertTrue(cluster.loop(node("r1")).configuration().isMoving());
        votes("r0", "r1");
        simulation.runFor(Duration.ofMinutes(1));
        isStable();
        assertTrue(simulation.runUntil(() -> stores.containsKey(node("c0")), LIMIT));
        hasAll("1");
        putAll("2");
    }

    @Test
    void replicasWithoutDisksAreStartedAgainOneByOne() {
        start(3, Variant.CORRECT.withStorage(start -> Storage.memory()));
        putAll("1");
        for (String name : List.of("r0", "r1", "r2", "r0")) {
            long epoch = cluster.loop(node(name)).configuration().epoch();
            node(name).restart();
            String other = name.equals("r1") ? "r0" : "r1";
            assertTrue(simulation.runUntil(
                    () -> {
                        var now = cluster.loop(node(other)).configuration();
                        return now.epoch() >= epoch + 2 && !now.isMoving();
                    },
                    LIMIT));
            votes(name);
        }
        hasAll("1");
    }

    @Test
    void aRemovedMemberThatComesBackWithOldRecordsDropsThem() {
        start(3, Variant.CORRECT);
        putAll("1");
        newcomer("s", "r0", "r1", "r2");
        node("r2").crash();
        isMade(change("r0", "r2", "s", false));
        putAll("2");
        node("s").crash();
        node("r2").start();
        simulation.runFor(Duration.ofSeconds(3));
        isMade(change("r0", "s", "r2", false));
        node("r0").crash();
        hasAll("2");
    }

    @Test
    void aChangeWhoseDriverDiesIsTakenOver() {
        start(3, Variant.CORRECT);
        putAll("1");
        newcomer("s", "r0", "r1", "r2");
        Watched change = begin("r0", null, "s", false);
        assertTrue(simulation.runUntil(() -> change.epoch > 0, LIMIT));
        node("r0").crash();
        assertTrue(simulation.runUntil(
                () -> cluster.loop(node("r1")).configuration().epoch() == 3
                        && !cluster.loop(node("r1")).configuration().isMoving(),
                LIMIT));
        assertEquals(4, members("r1").size());
        hasAll("1");
    }

    @Test
    void aChangeWhoseNewcomerDiesIsTakenBack() {
        start(3, Variant.CORRECT);
        putAll("1");
        newcomer("s", "r0", "r1", "r2");
        Watched change = begin("r0", null, "s", false);
        assertTrue(simulation.runUntil(() -> change.epoch > 0, LIMIT));
        node("s").crash();
        assertTrue(simulation.runUntil(() -> change.over, Duration.ofMinutes(3)));
        isRefused(Reason.MEMBER_FAILED, change);
        assertEquals(3, members("r0").size());
        hasAll("1");
        putAll("2");
    }

    @Test
    void whatCannotBeDoneIsRefused() {
        start(3, Variant.CORRECT);
        isRefused(Reason.UNKNOWN_MEMBER, change("r0", "x", null, false));
        isRefused(Reason.NO_VOTE_TO_SPARE, change("r0", "r1", null, false));
        isRefused(Reason.NEWCOMER_SILENT, change("r0", null, "nobody", false));
        isRefused(Reason.NAME_IN_USE, change("r0", null, "r2", false));
        newcomer("s", "r0", "r1", "r2");
        isRefused(Reason.MEMBER_ALIVE, change("r0", "r1", "s", false));
        isRefused(Reason.NO_MEMBER, change("s", null, "r0", false));
        Watched first = begin("r0", null, "s", false);
        Watched second = begin("r0", null, "s", false);
        assertTrue(simulation.runUntil(() -> first.over && second.over, LIMIT));
        isMade(first);
        isRefused(Reason.ANOTHER_CHANGE, second);
        List<@Nullable ChangeRefusedException> aborted = new ArrayList<>();
        node("r0").execute(() -> cluster.changes(node("r0")).abort(aborted::add));
        assertTrue(simulation.runUntil(() -> !aborted.isEmpty(), LIMIT));
        assertEquals(Reason.TOO_LATE, aborted.get(0).reason());
    }

    /** A new address lets no request be refused, so nothing else makes a member look for it. */
    @Test
    void aMemberThatMissedANewAddressHearsOfItThoughItsProposerIsGone() {
        start(3, Variant.CORRECT);
        node("r2").crash();
        List<Long> moved = new ArrayList<>();
        node("r0")
                .execute(() -> cluster.changes(node("r0"))
                        .move(
                                NodeId.of("r2"),
                                "",
                                refusal -> moved.add(
                                        cluster.loop(node("r0")).configuration().epoch())));
        assertTrue(simulation.runUntil(
                () -> !moved.isEmpty()
                        && cluster.loop(node("r1")).configuration().epoch() == 2,
                LIMIT));
        node("r0").crash();
        node("r2").start();
        assertTrue(
                simulation.runUntil(
                        () -> cluster.loop(node("r2")).configuration().epoch() == 2, LIMIT),
                "r2 does not hear of it");
    }

    /** No keeper listens to the newcomer, to which the change is the first that it hears of. */
    @Test
    void aChangeOfWhichOnlyTheNewcomerHeardIsMadeByTheKeepers() {
        boolean[] lost = {false};
        Wire wire = new Wire() {
            @Override
            boolean passes(NodeId server, NodeId caller, Object request) {
                boolean offers = request instanceof Configuration && !server.equals(NodeId.of("s"));
                boolean asks = request instanceof Long && server.equals(NodeId.of("r0"));
                return !lost[0] || !(offers || asks);
            }
        };
        start(3, wire.under(Variant.CORRECT));
        newcomer("s", "r0", "r1", "r2");
        lost[0] = true;
        begin("r0", null, "s", false);
        assertTrue(simulation.runUntil(() -> epoch("s") == 2, LIMIT));
        node("r0").crash();
        lost[0] = false;
        assertEquals(1, epoch("r1"));
        assertTrue(simulation.runUntil(() -> epoch("r1") == 3, LIMIT), "the keepers have forgotten it");
        assertEquals(new TreeSet<>(List.of("r0", "r1", "r2", "s")), members("r1"));
    }

    private long epoch(String name) {
        Configuration adopted = cluster.loop(node(name)).configuration();
        return adopted == null ? 0 : adopted.epoch();
    }

    @Test
    void theLastMemberStays() {
        start(1, Variant.CORRECT);
        isRefused(Reason.LAST_MEMBER, change("r0", "r0", null, true));
    }
}
