package io.coterie.consistency.simulated.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Operation;
import io.coterie.consistency.internal.replica.MemberChanges;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.consistency.simulated.members.ChangedCluster.Call;
import io.coterie.consistency.simulated.members.ChangedCluster.Change;
import io.coterie.consistency.simulated.members.Schedules.HeldCommit;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.transfer.TransferLimits;
import io.coterie.replication.internal.wire.KeeperMethods;
import io.coterie.replication.internal.wire.ListMethod;
import io.coterie.replication.internal.wire.MemberMethods;
import io.coterie.replication.internal.wire.TransferMethod;
import io.coterie.replication.internal.wire.TransferMethod.Known;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever ends in whichever phase of a change: the change ends, and nothing is lost. */
class KilledInEachPhaseTest {
    private static final int KEYS = 40;

    /** Longer than a newcomer may fail, and than others wait for a driver. */
    private static final Duration AWAY = Duration.ofSeconds(100);

    private static final TransferLimits SMALL_PAGES = new TransferLimits(
            512,
            4,
            Duration.ofSeconds(20).toNanos(),
            Duration.ofMillis(100).toNanos(),
            Duration.ofSeconds(2).toNanos(),
            Duration.ofMinutes(1).toNanos(),
            true);

    private static final Variant VARIANT =
            Variant.CORRECT.withChanges(replication -> MemberChanges.start(replication, "", SMALL_PAGES));

    enum Phase {
        PREPARING,
        JOINT,
        LISTING,
        HALFWAY,
        FLOORS,
        COMMIT
    }

    /** Waits for the driver, r0, to come to a phase. */
    private static final class Progress extends Wire {
        private final Phase phase;
        private final Set<Object> keys = new HashSet<>();
        private boolean reached;

        Progress(Phase phase) {
            this.phase = phase;
        }

        @Override
        void sent(NodeId from, NodeId to, Object request) {
            reached |= from.name().equals("r0")
                    && switch (phase) {
                        case PREPARING ->
                            request instanceof Boolean && to.name().equals("s");
                        case JOINT -> request instanceof Configuration adopted && adopted.isMoving();
                        case LISTING -> request instanceof ListMethod.Request;
                        case HALFWAY -> request instanceof TransferMethod.Request transfer && isHalf(transfer);
                        case FLOORS ->
                            request instanceof TransferMethod.Request transfer
                                    && transfer.known().stream().anyMatch(known -> known instanceof Known.Floor);
                        case COMMIT ->
                            request instanceof KeeperMethods.Accept accept
                                    && accept.configuration().epoch() == 3;
                    };
        }

        private boolean isHalf(TransferMethod.Request transfer) {
            for (Known known : transfer.known()) {
                if (known instanceof Known.Register register) {
                    keys.add(register.key());
                }
            }
            return keys.size() > KEYS / 2;
        }
    }

    static Stream<Arguments> deaths() {
        return Stream.of(Phase.values())
                .flatMap(phase -> Stream.of("r0", "r1", "r2", "s").map(name -> Arguments.of(phase, name)));
    }

    /** In place of r1 comes s; r0 is the driver. A client counts upwards meanwhile. */
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("deaths")
    void nothingIsLostAndTheChangeEnds(Phase phase, String killed) {
        Progress progress = new Progress(phase);
        ChangedCluster cluster = new ChangedCluster(1, 3, 1, progress.under(VARIANT));
        cluster.putAll("c0", KEYS, "1");
        deleteSome(cluster);
        cluster.newcomer("s", "r0", "r1", "r2");
        Counter counter = new Counter(cluster);
        cluster.begin("r0", "r1", "s", true);
        cluster.until("phase " + phase, () -> progress.reached);
        cluster.node(killed).crash();
        cluster.runFor(AWAY);
        String witness = killed.equals("r2") ? "r0" : "r2";
        requireOver(cluster, witness);
        if (!killed.equals("s") && cluster.members(witness).contains("s")) {
            requireOver(cluster, "s");
        }
        long before = counter.acknowledged;
        cluster.runFor(Duration.ofSeconds(5));
        assertTrue(counter.acknowledged > before, "the client is not answered");

        cluster.node(killed).start();
        cluster.untilSettled("r2");
        assertEquals(3, cluster.members("r2").size());
        counter.stop();
        cluster.node("r0").crash();
        cluster.hasAll("c0", KEYS, "1");
        counter.requireKept();
    }

    private static void requireOver(ChangedCluster cluster, String name) {
        Configuration adopted = cluster.configuration(name);
        assertTrue(adopted != null && !adopted.isMoving(), () -> name + " has " + adopted);
    }

    /** So that there is a floor. */
    private static void deleteSome(ChangedCluster cluster) {
        for (int i = 0; i < 3; i++) {
            cluster.put("c0", "gone" + i, "1");
            cluster.run("c0", "gone" + i, new Operation.Delete());
        }
        cluster.until(
                "deleted keys are forgotten",
                () -> cluster.cluster.loop(cluster.node("r0")).localRecords() == KEYS);
    }

    /** Adds to a counter, again and again. */
    private static final class Counter {
        private final ChangedCluster cluster;
        private final List<Call> calls = new ArrayList<>();
        private long begun;
        private long acknowledged;
        private boolean over;

        Counter(ChangedCluster cluster) {
            this.cluster = cluster;
            next();
        }

        private void next() {
            calls.removeIf(call -> {
                if (call.isOver()) {
                    call.result();
                    acknowledged++;
                }
                return call.isOver();
            });
            if (!over) {
                begun++;
                calls.add(cluster.begin("c0", "counter", new Operation.Add(1)));
                cluster.simulation.after(Duration.ofMillis(200), this::next);
            }
        }

        void stop() {
            over = true;
            cluster.until("all additions end", () -> calls.stream().allMatch(Call::isOver));
            next();
        }

        void requireKept() {
            byte[] sum =
                    cluster.run("c0", "counter", new Operation.Get()).result().value();
            assertNotNull(sum);
            assertEquals(begun, acknowledged);
            assertEquals(begun, ByteBuffer.wrap(sum).getLong());
        }
    }

    /** Members take over because they hear nothing of the driver, which works all the same. */
    @Test
    void ofTwoDriversAndAnAbortOneOutcomeCounts() {
        for (long seed = 1; seed <= 10; seed++) {
            Set<NodeId> drivers = new HashSet<>();
            HeldCommit wire = new HeldCommit() {
                @Override
                boolean passes(NodeId server, NodeId caller, Object request) {
                    return super.passes(server, caller, request) && !(request instanceof MemberMethods.Progress);
                }

                @Override
                void sent(NodeId from, NodeId to, Object request) {
                    if (request instanceof KeeperMethods.Prepare prepare && isOfJoint(prepare)) {
                        drivers.add(from);
                    }
                }
            };
            ChangedCluster cluster = new ChangedCluster(seed, 3, 1, wire.under(VARIANT));
            cluster.putAll("c0", KEYS, "1");
            cluster.newcomer("s", "r0", "r1", "r2");
            Change change = cluster.begin("r0", "r1", "s", true);
            cluster.until("two drivers would end the change", () -> drivers.size() > 1);
            wire.held = false;
            if (seed % 2 == 0) {
                cluster.abort("r2");
            }
            cluster.until("the change ends", change::isOver);
            cluster.untilSettled("r2");
            assertEquals(3, cluster.epoch("r2"), "seed " + seed);
            assertEquals(change.refusal() == null, cluster.members("r2").contains("s"), "seed " + seed);
            cluster.node("r0").crash();
            cluster.hasAll("c0", KEYS, "1");
        }
    }

    /** The driver alone knows that the change is made, and ends as well for some time. */
    @Test
    void aRemovedMemberMayVanishBeforeTheOthersKnow() {
        HeldCommit wire = new HeldCommit() {
            @Override
            boolean passes(NodeId server, NodeId caller, Object request) {
                boolean hears = request instanceof Configuration adopted && adopted.epoch() == 3;
                return !held || (!hears && !(request instanceof Long));
            }
        };
        wire.held = false;
        ChangedCluster cluster = new ChangedCluster(1, 3, 1, wire.under(VARIANT));
        cluster.putAll("c0", KEYS, "1");
        cluster.newcomer("s", "r0", "r1", "r2");
        cluster.begin("r0", "r1", "s", true);
        cluster.until("the others know of the change", () -> cluster.epoch("r2") == 2 && cluster.epoch("s") == 2);
        wire.held = true;
        cluster.until("r0 knows that the change is made", () -> cluster.epoch("r0") == 3);
        cluster.node("r1").crash();
        cluster.node("r1").disk().wipe();
        cluster.node("r0").crash();
        cluster.runFor(Duration.ofSeconds(20));
        assertEquals(2, cluster.epoch("r2"));
        Call early = cluster.begin("c0", "k0", ChangedCluster.put("2"));
        cluster.runFor(Duration.ofSeconds(5));
        assertFalse(early.isOver(), "r2 and s are no quorum that they know of");
        wire.held = false;
        cluster.node("r0").start();
        cluster.untilSettled("r0");
        assertEquals(new TreeSet<>(List.of("r0", "r2", "s")), cluster.members("s"));
        cluster.putAll("c0", KEYS, "2");
        cluster.node("r0").crash();
        cluster.hasAll("c0", KEYS, "2");
    }
}
