package io.coterie.consistency.simulated.members;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.consistency.simulated.cluster.SimulatedStorage;
import io.coterie.replication.ChangeRefusedException;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.change.ChangeListener;
import io.coterie.replication.internal.change.ChangeRequest;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.internal.restore.Restoration;
import io.coterie.replication.internal.snapshot.SnapshotReader.Manifest;
import io.coterie.replication.internal.snapshot.SnapshotTaking;
import io.coterie.replication.internal.transfer.MergedList;
import io.coterie.replication.internal.transfer.TransferLimits;
import io.coterie.replication.internal.wire.ListOrder;
import io.coterie.replication.internal.wire.Listed;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.storage.Disk;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A snapshot has what was acknowledged before it, whatever its taker has missed, and a cluster that
 * is founded from it has it, too.
 */
class SnapshotSimulationTest {
    private static final int KEYS = 60;
    private static final int SEEDS = 10;
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration QUICK = Duration.ofMillis(1);
    private static final Duration SLOW = Duration.ofMillis(100);
    private static final StoreSpec STORE = new StoreSpec("store", "strong");

    /** Several pages for few keys. */
    private static final TransferLimits LIMITS = new TransferLimits(
            800,
            4,
            Duration.ofSeconds(1).toNanos(),
            Duration.ofMillis(20).toNanos(),
            Duration.ofMillis(200).toNanos(),
            Duration.ofSeconds(10).toNanos(),
            true);

    private Simulation simulation;
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private SimulatedCluster cluster;
    private @Nullable SimulatedFile restored;
    private boolean disturbed;

    /** How a snapshot ended. */
    private static final class Watched implements SnapshotTaking.Listener {
        private final SimulatedFile file;
        private @Nullable Manifest manifest;
        private @Nullable Throwable failure;

        Watched(SimulatedFile file) {
            this.file = file;
        }

        boolean isOver() {
            return manifest != null || failure != null;
        }

        @Override
        public void taken(Manifest taken) {
            manifest = taken;
        }

        @Override
        public void failed(Throwable reason) {
            failure = reason;
        }
    }

    private void start(long seed) {
        simulation = Simulation.create(seed);
        stores.clear();
        restored = null;
        cluster = new SimulatedCluster(
                simulation,
                3,
                1,
                Variant.CORRECT.withStorage(start -> start.node().id().name().equals("n0")
                        ? SimulatedStorage.prepared(start, this::restore)
                        : SimulatedStorage.of(start)),
                (start, store) -> stores.put(start.node(), store));
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> stores.size() == 4, LIMIT));
        cluster.awaitFounding(simulation);
    }

    private SimNode node(String name) {
        return simulation.node(name);
    }

    private void restore(Disk disk) {
        NodeReplication any = cluster.loop(node("r0"));
        Restoration restoration =
                new Restoration(any.world().clock(), any.world().random());
        try {
            restoration.restore(Objects.requireNonNull(restored), disk, NodeId.of("n0"), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The only member of a cluster that is founded from a snapshot. */
    private SimNode found(Watched snapshot) {
        assertNull(snapshot.failure);
        assertTrue(snapshot.file.isComplete());
        restored = snapshot.file;
        SimNode founder = cluster.newcomer(simulation, "n0", List.of(NodeId.of("n0")));
        founder.start();
        assertTrue(simulation.runUntil(
                () -> stores.containsKey(founder) && cluster.loop(founder).localState() == ReplicaState.VOTING, LIMIT));
        return founder;
    }

    private Watched begin(SimNode at, Duration jobTime, String lastKey) {
        Watched watched = new Watched(new SimulatedFile(simulation, jobTime));
        at.execute(() -> new SnapshotTaking(
                        cluster.loop(at), "simulated", watched.file, LIMITS, lastKey.getBytes(UTF_8), watched)
                .start());
        return watched;
    }

    private Watched take(SimNode at) {
        Watched watched = begin(at, QUICK, "floor");
        assertTrue(simulation.runUntil(watched::isOver, LIMIT), "the snapshot does not end");
        return watched;
    }

    /** @param then gets the result, or a failure */
    private void begin(SimNode at, String key, Operation operation, Consumer<Object> then) {
        at.execute(() -> {
            long deadline = cluster.loop(at).world().clock().nanos()
                    + Duration.ofSeconds(20).toNanos();
            Objects.requireNonNull(stores.get(at)).execute(key.getBytes(UTF_8), operation, deadline, new Completion() {
                @Override
                public void complete(Result result) {
                    then.accept(result);
                }

                @Override
                public void fail(Throwable error) {
                    then.accept(error);
                }
            });
        });
    }

    private Result run(SimNode at, String key, Operation operation) {
        List<Object> results = new ArrayList<>();
        begin(at, key, operation, results::add);
        assertTrue(simulation.runUntil(() -> !results.isEmpty(), LIMIT), () -> "no end of the operation on " + key);
        return assertInstanceOf(Result.class, results.get(0));
    }

    private void putAll(String value) {
        for (int i = 0; i < KEYS; i++) {
            run(node("c0"), "k" + i, new Operation.Put(value.getBytes(UTF_8)));
        }
    }

    private @Nullable String get(SimNode at, String key) {
        byte[] value = run(at, key, new Operation.Get()).value();
        return value == null ? null : new String(value, UTF_8);
    }

    private static RecordKey record(String key) {
        return new RecordKey(STORE.id(), key.getBytes(UTF_8));
    }

    /** The taker has also promised not to accept one of the states that it lacks. */
    private void miss(SimNode taker) {
        putAll("before");
        simulation.network().isolate(taker);
        putAll("later");
        run(node("c0"), "k0", new Operation.Delete());
        simulation.network().heal();
        simulation.network().cutBoth(node("c0"), node("r0"));
        simulation.network().cutBoth(node("c0"), node("r1"));
        NodeReplication loop = cluster.loop(node("c0"));
        List<NodeId> promised = new ArrayList<>();
        node("c0").execute(() -> {
            long now = loop.world().clock().nanos();
            Ballot ballot = new Ballot(loop.ballotClock().next().counter() + 1_000, 5);
            loop.prepare(record("k5"), ballot, now + Duration.ofSeconds(20).toNanos(), (replica, answer) -> {
                promised.add(replica);
                return true;
            });
        });
        assertTrue(simulation.runUntil(() -> promised.equals(List.of(taker.id())), LIMIT));
        simulation.network().heal();
    }

    @Test
    void aSnapshotHasWhatItsTakerHasMissed() {
        start(7);
        SimNode taker = node("r2");
        miss(taker);
        Watched snapshot = take(taker);
        assertEquals(KEYS, Objects.requireNonNull(snapshot.manifest).totals().registers());
        SimNode founder = found(snapshot);
        assertNull(get(founder, "k0"));
        for (int i = 1; i < KEYS; i++) {
            assertEquals("later", get(founder, "k" + i), "k" + i);
        }
        assertNotNull(run(founder, "k5", new Operation.Put(new byte[] {1})));
    }

    /** So the test above means something. */
    @Test
    void theRecordsOfTheTakerAloneLackIt() {
        start(7);
        SimNode taker = node("r2");
        miss(taker);
        Configuration now = Objects.requireNonNull(cluster.loop(taker).configuration());
        MemberId self = new MemberId(taker.id(), now.placement().incarnationOf(taker.id()));
        Map<String, String> found = new HashMap<>();
        boolean[] over = {false};
        taker.execute(() -> new MergedList(
                        cluster.loop(taker).node(),
                        now.placement().since(),
                        List.of(self),
                        cluster.loop(taker).quorums().ofTransfer(),
                        LIMITS,
                        "floor".getBytes(UTF_8),
                        cluster.loop(taker).hlcClock()::isLater,
                        new MergedList.Reader() {
                            @Override
                            public void take(List<Listed> entries, Runnable next) {
                                for (Listed entry : entries) {
                                    if (entry instanceof Listed.Register register && register.state() != null) {
                                        String state = new String(register.state(), UTF_8);
                                        found.put(new String(register.key().bytes(), UTF_8), state);
                                    }
                                }
                                next.run();
                            }

                            @Override
                            public void completed() {
                                over[0] = true;
                            }

                            @Override
                            public void superseded() {
                                throw new AssertionError("superseded");
                            }

                            @Override
                            public void failed(String reason) {
                                throw new AssertionError(reason);
                            }
                        })
                .start());
        assertTrue(simulation.runUntil(() -> over[0], LIMIT));
        assertEquals(KEYS, found.size());
        assertTrue(found.values().stream().allMatch(state -> state.endsWith("before")), found::toString);
    }

    /** What a writer of one key at a time has acknowledged when the snapshot begins is in it. */
    @Test
    void aSnapshotUnderFaultsHasAllThatWasAcknowledgedBefore() {
        int taken = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            start(seed);
            Map<String, Integer> acknowledged = new HashMap<>();
            disturbed = true;
            write(0, acknowledged);
            disturb();
            simulation.runFor(Duration.ofMillis(1_500 + 130L * seed));
            Map<String, Integer> before = Map.copyOf(acknowledged);
            assertFalse(before.isEmpty());
            Watched snapshot = begin(node("r" + seed % 3), Duration.ofMillis(10), "floor");
            assertTrue(simulation.runUntil(snapshot::isOver, LIMIT), "seed " + seed);
            simulation.network().heal();
            disturbed = false;
            if (snapshot.failure == null) {
                taken++;
                SimNode founder = found(snapshot);
                int shown = seed;
                before.forEach((key, value) -> {
                    int there = Integer.parseInt(String.valueOf(get(founder, key)));
                    assertTrue(there >= value, () -> "seed " + shown + ": " + key + " is " + there + " of " + value);
                });
            }
        }
        assertTrue(taken > SEEDS / 2, "only " + taken + " snapshots were taken");
    }

    /** One write after another, until the faults are over. */
    private void write(int number, Map<String, Integer> acknowledged) {
        String key = "k" + number % 20;
        begin(node("c0"), key, new Operation.Put(Integer.toString(number).getBytes(UTF_8)), result -> {
            if (result instanceof Result) {
                acknowledged.put(key, number);
            }
            if (disturbed) {
                write(number + 1, acknowledged);
            }
        });
    }

    /** One replica after another is cut off for a while. */
    private void disturb() {
        if (disturbed) {
            simulation.network().heal();
            SimNode cutOff = node("r" + simulation.random("faults").nextInt(3));
            simulation.network().isolate(cutOff);
            simulation.after(Duration.ofMillis(400), this::disturb);
        }
    }

    @Test
    void withoutAMajorityNoSnapshotIsTaken() {
        start(7);
        putAll("v");
        simulation.network().isolate(node("r2"));
        Watched snapshot = take(node("r2"));
        QuorumUnavailableException why = assertInstanceOf(QuorumUnavailableException.class, snapshot.failure);
        assertTrue(String.valueOf(why.getMessage()).contains("majority of the members"), why::getMessage);
        assertTrue(snapshot.file.isClosed());
        assertFalse(snapshot.file.isComplete());
    }

    @Test
    void aSnapshotBeginsAgainIfTheMembersChange() {
        start(7);
        putAll("before");
        Watched snapshot = begin(node("r0"), SLOW, "floor");
        simulation.runFor(SLOW.multipliedBy(3));
        assertFalse(snapshot.isOver());
        List<Object> ended = new ArrayList<>();
        node("r1")
                .execute(() -> cluster.changes(node("r1"))
                        .begin(new ChangeRequest(NodeId.of("r2"), null, true), new ChangeListener() {
                            @Override
                            public void begun(long epoch) {}

                            @Override
                            public void ended(@Nullable ChangeRefusedException refusal) {
                                ended.add(refusal == null ? "made" : refusal);
                            }
                        }));
        assertTrue(simulation.runUntil(() -> !ended.isEmpty(), LIMIT));
        assertEquals(List.of("made"), ended);
        assertTrue(simulation.runUntil(snapshot::isOver, LIMIT));
        Manifest manifest = Objects.requireNonNull(snapshot.manifest, () -> String.valueOf(snapshot.failure));
        assertEquals(3, manifest.head().epoch());
        SimNode founder = found(snapshot);
        for (int i = 0; i < KEYS; i++) {
            assertEquals("before", get(founder, "k" + i));
        }
    }

    /** A key that bounds what the others had bounds what the snapshot lacks, too. */
    @Test
    void theLastKeyIsReadAfterWhatItBounds() {
        start(7);
        String late = IntStream.range(0, 10_000)
                .mapToObj(i -> "job" + i)
                .max(Comparator.comparing(SnapshotSimulationTest::record, ListOrder.KEYS))
                .orElseThrow();
        String early = IntStream.range(0, 10_000)
                .mapToObj(i -> "floor" + i)
                .min(Comparator.comparing(SnapshotSimulationTest::record, ListOrder.KEYS))
                .orElseThrow();
        putAll("v");
        run(node("c0"), early, new Operation.Put("50".getBytes(UTF_8)));
        run(node("c0"), late, new Operation.Put("token 100".getBytes(UTF_8)));
        Watched snapshot = begin(node("r0"), SLOW, early);
        simulation.runFor(SLOW.multipliedBy(4));
        run(node("c0"), early, new Operation.Put("100".getBytes(UTF_8)));
        run(node("c0"), late, new Operation.Delete());
        assertTrue(simulation.runUntil(snapshot::isOver, LIMIT));
        SimNode founder = found(snapshot);
        assertNull(get(founder, late), "it was removed before it was listed");
        assertEquals("100", get(founder, early));
    }
}
