package io.coterie.internal.readiness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.failuredetector.FailureDetection;
import io.coterie.failuredetector.FailureDetector;
import io.coterie.replication.Replication;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node logs of the replicas, in virtual time. */
class MajorityMonitorTest {
    private static final List<NodeId> REPLICAS = List.of(NodeId.of("a"), NodeId.of("b"), NodeId.of("c"));

    private final Simulation simulation = Simulation.create(12);
    private final RecordingLogger log = new RecordingLogger();
    private final RecordingLogger ownLog = new RecordingLogger();
    private String monitoring = "a";
    private boolean votesMatter = true;
    private @Nullable MajorityMonitor monitor;

    @BeforeEach
    void make() {
        REPLICAS.forEach(id -> simulation.node(id.name(), this::boot));
        simulation.node("d", this::boot);
        simulation.node("x", this::boot);
    }

    private void boot(SimStart start) {
        RpcNode node = RpcNode.builder()
                .cluster("watched")
                .self(start.node().id())
                .world(start.world())
                .executor(start.executor())
                .transport(start.transport())
                .start();
        List<NodeId> listed = Stream.concat(
                        REPLICAS.stream(), Stream.of(node.self()).filter(NodeId.of("d")::equals))
                .toList();
        Replication replication = Replication.start(node, listed, Storage.memory(), ReplicationOptions.defaults());
        FailureDetector detector = FailureDetector.start(node, REPLICAS, FailureDetection.phiAccrual());
        start.onStop(() -> {
            detector.close();
            replication.close();
            node.close();
        });
        if (node.self().name().equals(monitoring)) {
            OwnVote own = new OwnVote(replication, () -> votesMatter, () -> true, ownLog);
            start.world().scheduler().execute(own::start);
            MajorityMonitor began = new MajorityMonitor(replication, detector, () -> votesMatter, log);
            monitor = began;
            start.world().scheduler().execute(began::start);
        }
    }

    private void start(String... names) {
        for (String name : names) {
            simulation.node(name).start();
        }
    }

    private void isolate(String... names) {
        for (String name : names) {
            simulation.network().isolate(simulation.node(name));
        }
    }

    private void startClientWithoutC() {
        monitoring = "x";
        start("a", "b", "c");
        simulation.runFor(Duration.ofSeconds(5));
        isolate("c");
        start("x");
    }

    @Test
    void missingReplicasAreLoggedEachMinute() {
        start("a");
        simulation.runFor(Duration.ofSeconds(59));
        assertEquals(List.of(), log.take(), "a node that is started first may wait");
        simulation.runFor(Duration.ofSeconds(150));
        List<String> reminders = log.take();
        assertEquals(3, reminders.size(), reminders.toString());
        for (int i = 0; i < 3; i++) {
            assertTrue(
                    reminders
                            .get(i)
                            .startsWith("WARN a: strong stores have waited for a majority for " + (i + 1)
                                    + " min: 0 of 3 replicas vote, and 2 are needed."),
                    reminders.get(i));
            assertTrue(reminders.get(i).contains("b=no answer within 1000 ms"), reminders.get(i));
            assertTrue(reminders.get(i).contains("c=no answer within 1000 ms"), reminders.get(i));
        }
        start("b", "c");
        simulation.runFor(Duration.ofMinutes(5));
        List<String> later = log.take();
        assertEquals(
                "INFO a: strong stores have all replicas: 3 of 3 replicas vote, and 1 of them may fail",
                later.get(later.size() - 1));
        assertFalse(later.toString().contains("WARN"), later.toString());
    }

    @Test
    void aReplicaThatWaitsForItsVoteSaysForWhatAndWhenThatIsOver() {
        start("a");
        simulation.runFor(Duration.ofSeconds(130));
        List<String> waits = ownLog.take();
        assertEquals(2, waits.size(), waits.toString());
        assertTrue(
                waits.get(1)
                        .startsWith(
                                "WARN a: this replica has not voted for 2 min. it is new, and votes once most of the"
                                        + " other replicas know it: start them"),
                waits.get(1));
        start("b", "c");
        simulation.runFor(Duration.ofMinutes(3));
        assertEquals(List.of("INFO a: this replica votes, after 3 min without a vote"), ownLog.take());
        votesMatter = false;
        simulation.node("a").crash();
        isolate("b", "c");
        start("a");
        simulation.runFor(Duration.ofMinutes(3));
        assertEquals(List.of(), ownLog.take(), "nobody needs its vote");
    }

    @Test
    void aReplicaThatIsNoMemberSaysSoWhateverItsStoresNeed() {
        monitoring = "d";
        votesMatter = false;
        start("a", "b", "c");
        simulation.runFor(Duration.ofSeconds(10));
        start("d");
        simulation.runFor(Duration.ofSeconds(90));
        assertEquals(
                List.of(
                        "WARN d: this replica has not voted for 1 min. replica d is no member of this cluster: its replicas"
                                + " are a, b, c"),
                log.take());
    }

    @Test
    void replicasThatNeverVotedAreWarnedOfOnce() {
        startClientWithoutC();
        simulation.runFor(Duration.ofMinutes(5));
        List<String> lines = log.take();
        assertEquals(2, lines.size(), lines.toString());
        assertEquals("INFO x: strong stores have a majority: 2 of 3 replicas vote, and none may fail", lines.get(0));
        assertTrue(
                lines.get(1)
                        .startsWith(
                                "WARN x: these replicas have not voted since this node was started: [c]; until all replicas have"
                                        + " registered, the failure of one can end strong operations"),
                lines.get(1));
        assertTrue(lines.get(1).contains("{a=votes, b=votes, c=no answer within 1000 ms}"), lines.get(1));
        assertEquals(List.of(NodeId.of("c")), Objects.requireNonNull(monitor).neverVoted());
        simulation.network().heal();
        simulation.runFor(Duration.ofMinutes(5));
        assertEquals(
                List.of("INFO x: strong stores have all replicas: 3 of 3 replicas vote, and 1 of them may fail"),
                log.take());
    }

    @Test
    void theLossOfTheMajorityAndItsReturnAreLoggedOnce() {
        start("a", "b", "c");
        simulation.runFor(Duration.ofSeconds(30));
        log.take();
        for (int round = 0; round < 2; round++) {
            isolate("b");
            simulation.runFor(Duration.ofMinutes(2));
            assertEquals(List.of(), log.take(), "two of three are a majority");
            isolate("c");
            simulation.runFor(Duration.ofMinutes(5));
            List<String> lost = log.take();
            assertTrue(
                    lost.get(0)
                            .startsWith(
                                    "WARN a: strong stores have lost their majority: 1 of 3 replicas votes, and 2 are"
                                            + " needed. Operations on them fail until more are back"),
                    lost.get(0));
            assertTrue(lost.get(0).contains("{a=votes, b="), lost.get(0));
            assertRemindedEachMinute(4, lost.subList(1, lost.size()));
            simulation.network().heal();
            simulation.runFor(Duration.ofSeconds(30));
            List<String> back = log.take();
            assertEquals(1, back.size(), back.toString());
            assertTrue(back.get(0).startsWith("INFO a: strong stores have their majority again: "), back.get(0));
        }
    }

    private static void assertRemindedEachMinute(int minutes, List<String> reminders) {
        assertEquals(minutes, reminders.size(), reminders.toString());
        for (int i = 0; i < minutes; i++) {
            String reminder = reminders.get(i);
            assertTrue(
                    reminder.startsWith("WARN a: strong stores have been without their majority for " + (i + 1)
                            + " min: 1 of 3 replicas votes, and 2 are needed."),
                    reminder);
            assertTrue(reminder.contains("c="), reminder);
        }
    }

    @Test
    void aSlowReplicaIsNotMissed() {
        start("a", "b", "c");
        simulation.runFor(Duration.ofSeconds(30));
        log.take();
        List<SimNode> slow = List.of(simulation.node("b"), simulation.node("c"));
        for (int round = 0; round < 20; round++) {
            slow.forEach(SimNode::pause);
            simulation.runFor(Duration.ofMillis(600));
            slow.forEach(SimNode::resume);
            simulation.runFor(Duration.ofMillis(400));
        }
        assertEquals(List.of(), log.take());
    }

    @Test
    void noWarningIsLoggedIfNoStoreNeedsVotes() {
        votesMatter = false;
        start("a");
        simulation.runFor(Duration.ofMinutes(5));
        start("b", "c");
        simulation.runFor(Duration.ofSeconds(30));
        isolate("b", "c");
        simulation.runFor(Duration.ofMinutes(5));
        simulation.network().heal();
        simulation.runFor(Duration.ofMinutes(5));
        assertEquals(List.of(), log.take());
    }

    @Test
    void absentReplicasAreNoWarningWhereNoStoreNeedsVotes() {
        votesMatter = false;
        startClientWithoutC();
        simulation.runFor(Duration.ofMinutes(5));
        assertEquals(List.of(), log.take());
        votesMatter = true;
        simulation.runFor(Duration.ofMinutes(5));
        List<String> lines = log.take();
        assertEquals(1, lines.size(), lines.toString());
        assertTrue(
                lines.get(0).startsWith("WARN x: these replicas have not voted since this node was started: [c]; "),
                lines.get(0));
    }

    @Test
    void replicasThatVotedAtDifferentTimesAreNoWarning() {
        startClientWithoutC();
        simulation.runFor(Duration.ofSeconds(10));
        isolate("b");
        simulation.runFor(Duration.ofSeconds(10));
        log.take();
        simulation.network().heal();
        isolate("b");
        simulation.runFor(Duration.ofMinutes(5));
        List<String> lines = log.take();
        assertEquals(List.of(), Objects.requireNonNull(monitor).neverVoted());
        assertEquals(1, lines.size(), lines.toString());
        assertTrue(lines.get(0).startsWith("INFO x: strong stores have their majority again: "), lines.get(0));
    }

    @Test
    void aWaitForAnswersNamesTheReplicaThatIsSlow() {
        monitoring = "x";
        start("a", "b", "c", "x");
        simulation.runFor(Duration.ofSeconds(30));
        simulation.node("c").pause();
        List<String> reported = new ArrayList<>();
        simulation
                .node("x")
                .execute(() -> Objects.requireNonNull(monitor)
                        .awaitAll(
                                Duration.ofMillis(1_100).toNanos(),
                                () -> reported.add("ready"),
                                late -> reported.add(String.valueOf(late.getMessage()))));
        simulation.runFor(Duration.ofMillis(1_200));
        assertEquals(
                List.of("not all replicas answered in time that they vote, though 3 of 3 did lately. Replicas:"
                        + " {a=votes, b=votes, c=no answer within 1000 ms}"),
                reported);
    }

    @Test
    void aStoreOpenedAfterTheLossGetsTheLossReported() {
        votesMatter = false;
        start("a", "b", "c");
        simulation.runFor(Duration.ofSeconds(30));
        isolate("b", "c");
        simulation.runFor(Duration.ofMinutes(5));
        assertEquals(List.of(), log.take());
        votesMatter = true;
        simulation.runFor(Duration.ofSeconds(50));
        List<String> lost = log.take();
        assertEquals(1, lost.size(), lost.toString());
        assertTrue(lost.get(0).startsWith("WARN a: strong stores have been without their majority for "), lost.get(0));
        simulation.network().heal();
        simulation.runFor(Duration.ofMinutes(5));
        List<String> back = log.take();
        assertEquals(1, back.size(), back.toString());
        assertTrue(back.get(0).startsWith("INFO a: strong stores have their majority again: "), back.get(0));
    }

    @Test
    void aWaitForAllEndsWhenAllVote() {
        startClientWithoutC();
        simulation.runFor(Duration.ofSeconds(5));
        List<String> reported = new ArrayList<>();
        simulation.node("x").execute(() -> {
            Objects.requireNonNull(monitor)
                    .awaitAll(
                            Duration.ofSeconds(2).toNanos(),
                            () -> reported.add("ready"),
                            late -> reported.add(String.valueOf(late.getMessage())));
            monitor.awaitAll(
                    Duration.ofMinutes(2).toNanos(),
                    () -> reported.add("ready"),
                    late -> reported.add(String.valueOf(late.getMessage())));
        });
        simulation.runFor(Duration.ofSeconds(3));
        assertEquals(1, reported.size());
        assertTrue(
                reported.get(0)
                        .startsWith(
                                "not all replicas vote: 2 of 3 do. Replicas: {a=votes, b=votes, c=no answer within 1000 ms}"),
                reported.get(0));
        simulation.network().heal();
        simulation.runFor(Duration.ofSeconds(5));
        assertEquals("ready", reported.get(1));
    }
}
