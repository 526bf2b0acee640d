package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.failuredetector.PeerState;
import io.coterie.replication.ReplicaState;
import io.coterie.rpc.codec.Codec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusTest {
    private static final Duration WAIT = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void aHealthyClusterReportsWhatItSurvives() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            Coterie client = cluster.client("x");
            client.store("orders", Codec.utf8(), Codec.utf8(), Consistency.strong())
                    .awaitReady(WAIT);
            client.store("tags", Codec.utf8(), Codec.utf8(), Consistency.eventual())
                    .awaitReady(WAIT);
            awaitAllUp(client);

            assertEquals("""
                    cluster test, epoch 1, seen from x, a client
                      replica a at 127.0.0.1:PORT: voting
                      replica b at 127.0.0.1:PORT: voting
                      replica c at 127.0.0.1:PORT: voting
                      store orders, strong: linearizable; reads and writes need 2 of 3 replicas, and 1 of them may \
                    fail; now: reads and writes survive 1 more failure
                      store tags, eventual: reads and writes need 1 of 3 replicas, and 2 of them may fail; reads may \
                    be stale, of concurrent writes the last one stays, and a write is lost if the only replica that has it \
                    is lost; now: reads and writes survive 2 more failures""", masked(client.status()));
        }
    }

    @Test
    void theProblemOfEachReplicaIsReported() {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            Coterie a = cluster.node("a");
            a.store("orders", Codec.utf8(), Codec.utf8(), Consistency.strong()).awaitReady(WAIT);
            awaitAllUp(a);
            cluster.close("b", "c");
            Await.until(
                    "both are missed",
                    () -> a.status().replicas().stream()
                            .skip(1)
                            .allMatch(replica -> replica.detector() == PeerState.CLOSED
                                    && String.valueOf(replica.problem()).contains("refused")));

            String shown = masked(a.status()).replace(directory.resolve("a").toString(), "DIR");
            assertEquals("""
                    cluster test, epoch 1, seen from a, a replica that keeps its records in directory DIR
                      replica a at 127.0.0.1:PORT: voting
                      replica b at 127.0.0.1:PORT: not connected: connection refused by 127.0.0.1:PORT, closed
                      replica c at 127.0.0.1:PORT: not connected: connection refused by 127.0.0.1:PORT, closed
                      store orders, strong: linearizable; reads and writes need 2 of 3 replicas, and 1 of them may \
                    fail; now: NOT AVAILABLE, 1 replica too few""", shown);
            assertEquals(-1, a.status().stores().get(0).readFailuresSurvived());
            assertEquals(-1, a.status().stores().get(0).writeFailuresSurvived());
        }
    }

    @Test
    void aReplicaAloneWaitsForOthersBeforeItsFirstVote() {
        try (LocalCluster cluster = LocalCluster.inMemory()) {
            cluster.start("a");
            assertTrue(
                    cluster.node("a")
                            .status()
                            .toString()
                            .contains("replica a at 127.0.0.1:" + cluster.port("a")
                                    + ": registering (it is new, and votes once most of the other replicas know it:"
                                    + " start them"),
                    () -> cluster.node("a").status().toString());
        }
    }

    @Test
    void anEventualStoreCountsWhoAnswersAndAStrongOneWhoVotes() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            cluster.node("a").store("orders", Codec.utf8(), Codec.utf8(), Consistency.strong());
            cluster.node("a").store("tags", Codec.utf8(), Codec.utf8(), Consistency.eventual());
            cluster.close("b", "c");
            cluster.start("c");
            Await.until(
                    "c says that it has lost its memory",
                    () -> cluster.node("a").status().replicas().get(2).state() == ReplicaState.AMNESIAC);

            List<Status.StoreStatus> stores = cluster.node("a").status().stores();

            assertEquals(-1, stores.get(0).writeFailuresSurvived());
            assertEquals(1, stores.get(1).writeFailuresSurvived());
        }
    }

    @Test
    void aClientWithAnotherListLearnsTheMembersAndReportsThem() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll();
                Coterie client = Coterie.builder()
                        .cluster("test")
                        .client("x")
                        .replica("d", "127.0.0.1:" + LocalCluster.freePort())
                        .replica("b", "127.0.0.1:" + cluster.port("b"))
                        .start()) {
            client.awaitReady(WAIT);
            Coterie other = cluster.client("y");
            other.awaitReady(WAIT);
            awaitAllUp(client);
            awaitAllUp(other);
            assertEquals(masked(other.status()).replace("from y", "from x"), masked(client.status()));
            Store<String, String> store = client.store("orders", Codec.utf8(), Codec.utf8(), Consistency.strong());
            store.put("k", "v");
            assertEquals("v", store.get("k"));
            assertEquals(1, client.status().epoch());
        }
    }

    @Test
    void theReplicasOfTheStatusAreTheMembersOfNow() throws TimeoutException {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            Coterie client = cluster.client("x");
            cluster.close("c");
            cluster.listing("a", "b", "d").start("d");
            assertWaitsToBeAMember(cluster.node("d"));
            cluster.node("a")
                    .members()
                    .replace("c", "d", "127.0.0.1:" + cluster.port("d"))
                    .await(WAIT);
            for (Coterie node : List.of(client, cluster.node("a"), cluster.node("d"))) {
                Await.until("the members are reported", () -> node.status().epoch() == 3);
                node.awaitReady(WAIT);
                assertEquals(
                        "[a at " + cluster.port("a") + " VOTING, b at " + cluster.port("b") + " VOTING, d at "
                                + cluster.port("d") + " VOTING]",
                        node.status().replicas().stream()
                                .map(replica -> replica.id() + " at "
                                        + String.valueOf(replica.address()).replace("127.0.0.1:", "") + " "
                                        + replica.state())
                                .toList()
                                .toString());
                assertNull(node.status().change());
            }
            strong(client).awaitReady(WAIT);
            assertEquals(1, client.status().stores().get(0).writeFailuresSurvived());
        }
    }

    private static void assertWaitsToBeAMember(Coterie newcomer) {
        Await.until(
                "it says what it waits for",
                () -> newcomer.status().warnings().stream()
                        .anyMatch(warning -> warning.startsWith("replica d is no member yet. ")
                                && warning.endsWith(
                                        " says: it is a spare, and no member: add it at one of the members")));
    }

    private static Store<String, String> strong(Coterie node) {
        return node.store("strong", Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    @Test
    void readsAndWritesAreListedApartWhereTheyDiffer() {
        assertEquals("reads and writes survive 1 more failure", now(1, 1));
        assertEquals("reads survive 2 more failures, writes 0", now(2, 0));
        assertEquals("reads survive 1 more failure; writes are NOT AVAILABLE, 1 replica too few", now(1, -1));
        assertEquals("NOT AVAILABLE, 2 replicas too few", now(-2, -2));
    }

    private static String now(int reads, int writes) {
        String text = new Status.StoreStatus("s", "p", "a promise", null, reads, writes).toString();
        return text.substring("store s, a promise; now: ".length());
    }

    @Test
    void theRisksOfAConfigurationAreReported() {
        List<String> expected = List.of(
                "with 2 replicas strong stores survive no failure at all: list three or more",
                "with records in memory, acknowledged writes are gone if a majority of the replicas stops, and then all must"
                        + " be stopped and started together");
        try (Coterie a = Coterie.builder()
                .cluster("test")
                .self("a")
                .replica("a", "127.0.0.1:" + LocalCluster.freePort())
                .replica("b", "127.0.0.1:" + LocalCluster.freePort())
                .start()) {
            assertEquals(expected, a.status().warnings().subList(0, expected.size()));
            for (String warning : expected) {
                assertTrue(
                        a.status().toString().contains("\n  " + warning + "\n"),
                        () -> a.status().toString());
            }
        }
    }

    private static void awaitAllUp(Coterie node) {
        Await.until(
                "the detector knows all",
                () -> node.status().replicas().stream().allMatch(replica -> replica.detector() == PeerState.UP));
    }

    private static String masked(Status status) {
        return status.toString().replaceAll("127\\.0\\.0\\.1:\\d+", "127.0.0.1:PORT");
    }
}
