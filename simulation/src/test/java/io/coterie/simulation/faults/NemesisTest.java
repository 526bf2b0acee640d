package io.coterie.simulation.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.simulation.EchoCluster;
import io.coterie.simulation.SimFile;
import io.coterie.simulation.SimNetwork;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimStart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NemesisTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @ParameterizedTest
    @EnumSource(Fault.class)
    void everyFaultHasAnEffectAndEnds(Fault fault) {
        EchoCluster cluster = new EchoCluster(7);
        cluster.simulation.network().signalsConnections(fault == Fault.RESET);
        Duration delayBefore = cluster.simulation.network().faults().maxDelay();
        List<String> trace = new ArrayList<>();
        cluster.simulation.traceTo(line -> trace.add(line.split(" ", 3)[1]));
        Nemesis nemesis = Nemesis.unleash(cluster.simulation, all(cluster), FaultPlan.of(1, fault), MINUTE);
        keepSending(cluster);
        keepWriting(cluster, new HashSet<>());
        Seen seen = new Seen(cluster);
        while (!nemesis.isOver()) {
            cluster.runMillis(5);
            seen.look();
        }

        assertTrue(nemesis.faults() > 10, () -> "only " + nemesis.faults() + " faults");
        assertTrue(seen.isSeen(fault, new HashSet<>(trace)), () -> fault + " left no mark: " + new HashSet<>(trace));
        assertWell(cluster);
        assertEquals(delayBefore, cluster.simulation.network().faults().maxDelay());
    }

    @Test
    void noMoreNodesAreDownThanThePlanAllows() {
        for (int seed = 0; seed < 20; seed++) {
            EchoCluster cluster = new EchoCluster(seed);
            FaultPlan plan = FaultPlan.of(1, Fault.KILL, Fault.CRASH, Fault.STOP, Fault.PAUSE, Fault.ISOLATION);
            Nemesis nemesis = Nemesis.unleash(cluster.simulation, all(cluster), plan, MINUTE);
            while (!nemesis.isOver()) {
                cluster.runMillis(20);
                long down = all(cluster).stream()
                        .filter(node -> !node.isUp() || node.isPaused())
                        .count();
                assertTrue(down <= 1, () -> down + " nodes are down at " + cluster.simulation);
            }
        }
    }

    @Test
    void aNodeWithFailedStorageCountsAsDownUntilItsStart() {
        int failures = 0;
        for (int seed = 0; seed < 20; seed++) {
            EchoCluster cluster = new EchoCluster(seed);
            FaultPlan plan = FaultPlan.of(
                    1, Fault.KILL, Fault.CRASH, Fault.PAUSE, Fault.DISK_FULL, Fault.FAILED_FORCE, Fault.SLOW_DISK);
            Set<SimStart> failed = new HashSet<>();
            keepWriting(cluster, failed);
            Nemesis nemesis = Nemesis.unleash(cluster.simulation, all(cluster), plan, MINUTE);
            while (!nemesis.isOver()) {
                cluster.runMillis(20);
                long down = all(cluster).stream()
                        .filter(node -> !node.isUp() || node.isPaused() || hasFailed(node, failed))
                        .count();
                assertTrue(down <= 1, () -> down + " nodes are down at " + cluster.simulation);
            }
            assertTrue(all(cluster).stream().noneMatch(node -> hasFailed(node, failed)));
            failures += failed.size();
        }
        assertTrue(failures > 100, "only " + failures + " failures of storage");
    }

    private static boolean hasFailed(SimNode node, Set<SimStart> failed) {
        SimStart current = node.current();
        return current != null && failed.contains(current);
    }

    @Test
    void aPowerLossTakesAllNodesAtOnce() {
        EchoCluster cluster = new EchoCluster(3);
        Nemesis.unleash(cluster.simulation, all(cluster), FaultPlan.of(0, Fault.POWER_LOSS), MINUTE);

        assertTrue(cluster.simulation.runUntil(() -> all(cluster).stream().noneMatch(SimNode::isUp), MINUTE));
        assertTrue(cluster.simulation.runUntil(() -> all(cluster).stream().allMatch(SimNode::isUp), MINUTE));
    }

    /** A process that forces its disk as it starts would end at once. */
    @Test
    void aKilledNodeStartsOnADiskThatDoesNotFail() {
        EchoCluster cluster = new EchoCluster(3);
        Nemesis.unleash(cluster.simulation, all(cluster), FaultPlan.of(1, Fault.KILL), MINUTE);
        assertTrue(cluster.simulation.runUntil(() -> all(cluster).stream().anyMatch(node -> !node.isUp()), MINUTE));
        SimNode killed =
                all(cluster).stream().filter(node -> !node.isUp()).findFirst().orElseThrow();
        killed.disk().failNextForce();
        assertTrue(cluster.simulation.runUntil(killed::isUp, MINUTE));
        Set<SimStart> failed = new HashSet<>();
        keepWriting(cluster, failed);
        cluster.runMillis(5);
        assertEquals(Set.of(), failed);
    }

    @Test
    void nodesOfAShortSwizzleRejoinOneByOne() {
        EchoCluster cluster = new EchoCluster(3);
        FaultPlan plan = new FaultPlan(Set.of(Fault.SWIZZLE), 1, Duration.ofMillis(100), Duration.ofMillis(400), 1);
        Nemesis nemesis = Nemesis.unleash(cluster.simulation, all(cluster), plan, Duration.ofSeconds(20));
        List<List<Integer>> swizzles = new ArrayList<>();
        while (!nemesis.isOver()) {
            cluster.runMillis(1);
            List<FaultSpan> spans = nemesis.spans();
            if (spans.size() > swizzles.size()) {
                swizzles.add(new ArrayList<>());
            }
            if (!spans.isEmpty() && spans.get(spans.size() - 1).ended() == Long.MAX_VALUE) {
                noteChange(swizzles.get(swizzles.size() - 1), linksCut(cluster));
            }
        }

        int looked = 0;
        for (int i = 0; i < swizzles.size() - 1; i++) {
            FaultSpan span = nemesis.spans().get(i);
            if (span.ended() - span.began() > Duration.ofMillis(20).toNanos()) {
                // The first node takes two of three links with it; two nodes that are back share
                // one.
                assertEquals(List.of(2, 3, 2, 0), swizzles.get(i), () -> "within " + span);
                looked++;
            }
        }
        assertTrue(looked > 30, "only " + looked + " swizzles");
    }

    private static int linksCut(EchoCluster cluster) {
        SimNetwork network = cluster.simulation.network();
        int cut = 0;
        for (SimNode from : all(cluster)) {
            for (SimNode to : all(cluster)) {
                cut += network.isCut(from, to) ? 1 : 0;
            }
        }
        return cut / 2;
    }

    private static void noteChange(List<Integer> changes, int now) {
        if (changes.isEmpty() || changes.get(changes.size() - 1) != now) {
            changes.add(now);
        }
    }

    @Test
    void drawnPlansDifferAndAlwaysEndWell() {
        Set<Set<Fault>> drawn = new HashSet<>();
        for (int seed = 0; seed < 100; seed++) {
            EchoCluster cluster = new EchoCluster(seed);
            FaultPlan plan = FaultPlan.draw(cluster.simulation.random(), 1);
            drawn.add(plan.faults());
            Nemesis.unleash(cluster.simulation, all(cluster), plan, Duration.ofSeconds(20));
            keepSending(cluster);
            cluster.runMillis(20_001);
            assertWell(cluster);
        }
        assertTrue(drawn.size() > 90, () -> "only " + drawn.size() + " different plans");
    }

    @Test
    void theSameSeedBringsTheSameFaults() {
        assertEquals(traceHash(5), traceHash(5));
    }

    @Test
    void aPlanOutOfRangeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> FaultPlan.of(-1, Fault.KILL));
        assertThrows(
                IllegalArgumentException.class,
                () -> new FaultPlan(Set.of(), 1, Duration.ZERO, Duration.ofSeconds(1), 1));
    }

    private static long traceHash(long seed) {
        EchoCluster cluster = new EchoCluster(seed);
        Nemesis.unleash(cluster.simulation, all(cluster), FaultPlan.of(1, Fault.values()), MINUTE);
        keepSending(cluster);
        cluster.runMillis(30_000);
        return cluster.simulation.traceHash();
    }

    private static List<SimNode> all(EchoCluster cluster) {
        return List.of(cluster.a, cluster.b, cluster.c);
    }

    /** Every 10 ms one message from a to b and one from b to c, as long as they are up. */
    private static void keepSending(EchoCluster cluster) {
        for (SimNode node : List.of(cluster.a, cluster.b)) {
            if (node.isUp()) {
                cluster.send(node, node == cluster.a ? cluster.b : cluster.c, 1);
            }
        }
        cluster.simulation.after(Duration.ofMillis(10), () -> keepSending(cluster));
    }

    /** Every 10 ms each node writes and forces 256 bytes, until its first failure. */
    private static void keepWriting(EchoCluster cluster, Set<SimStart> failed) {
        for (SimNode node : all(cluster)) {
            SimStart start = node.current();
            if (start != null && !failed.contains(start)) {
                start.disk().execute(() -> {
                    try (SimFile file = start.disk().open("log")) {
                        if (file.size() > 16_384) {
                            file.truncate(0);
                        }
                        file.write(file.size(), ByteBuffer.allocate(256));
                        file.force();
                    } catch (IOException e) {
                        failed.add(start);
                    }
                });
            }
        }
        cluster.simulation.after(Duration.ofMillis(10), () -> keepWriting(cluster, failed));
    }

    private static void assertWell(EchoCluster cluster) {
        cluster.runMillis(1);
        for (SimNode node : all(cluster)) {
            assertTrue(node.isUp() && !node.isPaused(), () -> node + " is down after the end");
            for (SimNode other : all(cluster)) {
                assertFalse(cluster.simulation.network().isCut(node, other), () -> node + " cannot reach " + other);
            }
        }
        int before = cluster.heardBy(cluster.c).size();
        cluster.send(cluster.a, cluster.c, 100);
        cluster.runMillis(200);
        long heard = cluster.heardBy(cluster.c).stream()
                .skip(before)
                .filter(line -> line.startsWith("a:"))
                .count();
        assertEquals(100, heard);
    }

    /** The effects of faults that can be seen from outside. */
    private static final class Seen {
        private final EchoCluster cluster;
        private boolean cut;
        private boolean oneWay;
        private boolean slow;
        private boolean wrongClock;

        Seen(EchoCluster cluster) {
            this.cluster = cluster;
        }

        void look() {
            SimNetwork network = cluster.simulation.network();
            for (SimNode from : all(cluster)) {
                for (SimNode to : all(cluster)) {
                    cut |= network.isCut(from, to);
                    oneWay |= network.isCut(from, to) && !network.isCut(to, from);
                }
                slow |= from.disk().drawJobNanos() > Duration.ofMillis(10).toNanos();
                wrongClock |= from.current() != null
                        && Math.abs(from.current().world().clock().wallMillis()
                                        - 1_735_689_600_000L
                                        - cluster.simulation.now().toMillis())
                                > 1;
            }
        }

        boolean isSeen(Fault fault, Set<String> trace) {
            return switch (fault) {
                case KILL -> trace.contains("kill");
                case CRASH, POWER_LOSS -> trace.contains("crash");
                case STOP -> trace.contains("stop");
                case PAUSE -> trace.contains("pause") && trace.contains("resume");
                case ONE_WAY -> oneWay;
                case PARTITION, ISOLATION, BRIDGE, RING, FLAPPING, SWIZZLE, BROKEN_LINK ->
                    cut && trace.contains("cut-off");
                case LOSS -> trace.contains("lose");
                case DUPLICATION -> trace.contains("duplicate");
                case RESET -> trace.contains("disconnected");
                case CLOCK_JUMP, CLOCK_DRIFT, CLOCK_STROBE -> wrongClock;
                case LOST_DISK -> trace.contains("crash");
                case DISK_FULL, FAILED_FORCE -> trace.contains("disk-error") && trace.contains("crash");
                case SLOW_DISK, STALLED_DISK -> slow;
                case SLOW_PROCESS, DELAY, SLOW_LINK -> true;
            };
        }
    }
}
