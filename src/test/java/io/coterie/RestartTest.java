package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.ReplicaState;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that end and come back. */
class RestartTest {
    @TempDir
    Path directory;

    private static Store<String, String> strong(Coterie node) {
        return node.store("strong", Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    private static Store<String, String> eventual(Coterie node) {
        return node.store("eventual", Codec.utf8(), Codec.utf8(), Consistency.eventual());
    }

    @Test
    void aReplicaThatIsStartedAgainContinuesWhereItEnded() {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            strong(cluster.node("c")).put("k", "1");
            eventual(cluster.node("c")).put("k", "e");
            cluster.close("c");
            strong(cluster.node("a")).put("k", "2");

            cluster.start("c");

            assertEquals("2", strong(cluster.node("c")).get("k"));
            assertEquals("e", eventual(cluster.node("c")).get("k"));
            cluster.close("b");
            assertTrue(strong(cluster.node("a")).compareAndSet("k", "2", "3"), "c votes, without b");
        }
    }

    @Test
    void aClusterThatIsStoppedAsAWholeKeepsEverything() {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            for (int i = 0; i < 50; i++) {
                strong(cluster.node("a")).put("k" + i, "v" + i);
            }
            strong(cluster.node("b")).delete("k7");
            eventual(cluster.node("c")).put("k", "e");
            cluster.node("a").counters("counters", Codec.utf8()).addAndGet("n", 42);

            for (int round = 0; round < 2; round++) {
                cluster.close("a", "b", "c");
                cluster.startAll();
            }

            Coterie client = cluster.client("x");
            for (int i = 0; i < 50; i++) {
                assertEquals(i == 7 ? null : "v" + i, strong(client).get("k" + i));
            }
            assertEquals("e", eventual(cluster.node("c")).get("k"));
            assertEquals(43, client.counters("counters", Codec.utf8()).addAndGet("n", 1));
        }
    }

    @Test
    void anyMinorityMayBeAwayAndNobodyNotices() {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            Store<String, String> store = strong(cluster.client("x"));
            store.put("k", "0");
            int value = 0;
            for (String away : List.of("a", "b", "c")) {
                cluster.close(away);
                assertTrue(store.compareAndSet("k", "" + value, "" + ++value));
                assertEquals("" + value, store.get("k"));
                cluster.start(away);
                Await.until(away + " votes again", () -> cluster.voting() == 3);
            }
        }
    }

    @Test
    void operationsWithoutAMajorityFailInTimeAndNameEachReplica() {
        Duration timeout = Duration.ofMillis(400);
        try (LocalCluster cluster = LocalCluster.in(directory)
                .with(builder -> builder.operationTimeout(timeout))
                .startAll()) {
            Store<String, String> store = strong(cluster.node("a"));
            store.put("k", "1");
            cluster.close("b", "c");
            Await.until("the connections are known to be gone", () -> cluster.voting() == 1);

            long before = System.nanoTime();
            QuorumUnavailableException read = assertThrows(QuorumUnavailableException.class, () -> store.get("k"));
            // The register is held from the first put, so that the next proposal would be sent to
            // replicas at once.
            QuorumUnavailableException write =
                    assertThrows(QuorumUnavailableException.class, () -> store.put("k", "2"));
            QuorumUnavailableException prepared =
                    assertThrows(QuorumUnavailableException.class, () -> store.put("other", "2"));
            long waited = System.nanoTime() - before;

            assertFalse(read.maybeExecuted());
            assertFalse(write.maybeExecuted());
            assertFalse(prepared.maybeExecuted());
            assertEquals(3, read.replicas().size());
            assertEquals("not asked", read.replicas().get(NodeId.of("a")));
            assertTrue(read.getMessage().contains("a=not asked"), read.getMessage());
            assertTrue(
                    read.getMessage().contains("b=not connected: connection refused by 127.0.0.1:" + cluster.port("b")),
                    read.getMessage());
            assertTrue(waited < 5 * timeout.toNanos(), "waited " + waited + " ns");

            cluster.start("b");

            Await.until("the node continues", () -> "2".equals(writeAndRead(store)));
        }
    }

    private static String writeAndRead(Store<String, String> store) {
        try {
            store.put("k", "2");
            return String.valueOf(store.get("k"));
        } catch (QuorumUnavailableException | OutcomeUnknownException e) {
            return e.getMessage();
        }
    }

    @Test
    void aReplicaThatLostItsDirectoryReportsWhyItDoesNotVoteAndVotesAgainOnceAMajorityWorks() throws IOException {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            Store<String, String> store = strong(cluster.node("a"));
            store.put("k", "1");
            cluster.close("b", "c");
            delete(directory.resolve("c"));

            cluster.start("c");

            Await.until("c finds out", () -> stateOf(cluster, "c") == ReplicaState.AMNESIAC);
            String problem = cluster.node("a").status().replicas().get(2).problem();
            assertTrue(
                    String.valueOf(problem).contains("does not vote")
                            && problem.contains("It becomes a member again by itself")
                            && problem.contains("Give it back its own latest directory"),
                    problem);
            assertEquals(-1, cluster.node("a").status().stores().get(0).writeFailuresSurvived());

            cluster.start("b");
            Await.until(
                    "c is a member again",
                    () -> stateOf(cluster, "c") == ReplicaState.VOTING
                            && cluster.node("a").status().epoch() == 3);
            cluster.close("b");
            store.put("k", "2");
            assertEquals("2", strong(cluster.node("c")).get("k"));
        }
    }

    @Test
    void anOlderCopyOfADirectoryIsNotTrustedAndHealsItself() throws IOException {
        Path own = directory.resolve("c");
        Path copy = directory.resolve("copy");
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            cluster.close("c");
            copy(own, copy);
            cluster.start("c");
            Await.until("c votes", () -> cluster.voting() == 3);
            cluster.close("b");
            strong(cluster.node("a")).put("k", "acknowledged by a and c alone");
            cluster.close("c");
            delete(own);
            copy(copy, own);

            long older = incarnationOfC(cluster);
            cluster.start("b", "c");
            Await.until("c has new records", () -> incarnationOfC(cluster) != older);
            Await.until("c votes", () -> stateOf(cluster, "c") == ReplicaState.VOTING);
            Await.until(
                    "the change is over",
                    () -> !cluster.node("b").members().view().isChanging());
            cluster.close("a");
            assertEquals(
                    "acknowledged by a and c alone", strong(cluster.node("b")).get("k"));
        }
    }

    private static long incarnationOfC(LocalCluster cluster) {
        return cluster.node("a").members().view().members().stream()
                .filter(member -> member.name().equals(NodeId.of("c")))
                .reduce((first, last) -> last)
                .orElseThrow()
                .incarnation();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    @Test
    void aMajorityInMemoryThatIsStartedAgainDoesNotVoteUntilAllAreStartedTogether() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            strong(cluster.node("a")).put("k", "v");
            cluster.close("b", "c");
            cluster.start("b", "c");

            Await.until("b finds out", () -> stateOf(cluster, "b") == ReplicaState.AMNESIAC);
            Await.until("c finds out", () -> stateOf(cluster, "c") == ReplicaState.AMNESIAC);
            assertEquals(1, cluster.voting());

            cluster.close("a", "b", "c");
            cluster.startAll();

            assertNull(strong(cluster.node("a")).get("k"), "all of them forgot");
        }
    }

    private static ReplicaState stateOf(LocalCluster cluster, String replica) {
        return stateAt(cluster, "a", replica);
    }

    private static ReplicaState stateAt(LocalCluster cluster, String asked, String replica) {
        return cluster.node(asked).status().replicas().stream()
                .filter(status -> status.id().name().equals(replica))
                .findFirst()
                .orElseThrow()
                .state();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
