package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.codec.Codec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicas found a cluster with equal lists; afterwards its configuration counts. */
class ReplicaListTest {
    private static final Duration WAIT = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private static Store<String, String> strong(Coterie node) {
        return node.store("strong", Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    @Test
    void afterTheFoundingTheListsOfNodesOnlyServeToFindTheMembers() {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            strong(cluster.node("a")).put("k", "v");
            cluster.close("a", "b", "c");
            cluster.listing("a", "b").start("a");
            cluster.listing("c", "b", "a", "d").start("b", "c");
            Await.until("the members vote", () -> cluster.voting() == 3);
            assertMembers(cluster.node("a"));
            assertMembers(cluster.node("c"));
            assertEquals("v", strong(cluster.node("b")).get("k"));
            assertEquals("v", strong(cluster.listing("c").client("x")).get("k"));
            assertMembers(cluster.node("x"));
        }
    }

    private static void assertMembers(Coterie node) {
        assertEquals(
                "[a, b, c]",
                node.status().replicas().stream()
                        .map(Status.ReplicaStatus::id)
                        .toList()
                        .toString());
    }

    @Test
    void aReplicaInPlaceOfALostOneWaitsToBeAddedAndNothingAcknowledgedIsLost() throws TimeoutException {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            cluster.close("c");
            strong(cluster.node("a")).put("k", "acknowledged by a and b alone");
            cluster.close("a", "b");

            cluster.listing("a", "b", "d").start("a", "b", "d");
            Await.until(
                    "d waits, and says for what",
                    () -> cluster.node("d")
                            .status()
                            .toString()
                            .contains("it is a spare, and no member: add it at one of the members"));
            Await.until("a and b vote", () -> cluster.voting() == 2);
            assertMembers(cluster.node("d"));
            cluster.node("a")
                    .members()
                    .replace("c", "d", "127.0.0.1:" + cluster.port("d"))
                    .await(WAIT);
            cluster.node("d").awaitReady(WAIT);
            cluster.close("a");
            assertEquals(
                    "acknowledged by a and b alone", strong(cluster.node("d")).get("k"));
        }
    }

    @Test
    void newAddressesAreNoOtherList() {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            strong(cluster.node("a")).put("k", "v");
            cluster.close("a", "b", "c");
            cluster.move();
            cluster.startAll();
            assertEquals("v", strong(cluster.node("b")).get("k"));
        }
    }

    @Test
    void replicasWithDifferentListsFoundNoClusterAndSayWhoseListDiffers() {
        try (LocalCluster cluster = LocalCluster.inMemory()) {
            cluster.start("a", "b");
            cluster.listing("a", "b", "d").start("d");
            Await.until(
                    "d says that a or b does not have it in its list",
                    () -> problem(cluster, "d", "d")
                            .contains(
                                    "does not consider it a replica. Give both the same list of replicas: this one was"
                                            + " given a, b, d."));
            assertEquals(0, cluster.voting(), "neither list has all that its replicas must register with");
            cluster.close("d");

            cluster.listing("a", "b", "c", "e").start("c");
            Await.until(
                    "c says that the list of a or b differs",
                    () -> problem(cluster, "c", "c")
                            .matches("replica c does not vote, because replica ([ab]) was given other replicas: the"
                                    + " replicas of \\1 are a, b, c, those of c are a, b, c, e\\. Give all nodes the"
                                    + " same list"));
            assertEquals(0, cluster.voting());
            assertEquals(0, cluster.node("c").status().epoch());
            cluster.close("c");

            cluster.listing("a", "b", "c").start("c");
            Await.until("all of one list vote", () -> cluster.voting() == 3);
        }
    }

    @Test
    void aClientOfARetiredReplicaFindsTheMembersWhileThatRuns() throws TimeoutException {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            strong(cluster.node("a")).put("k", "v");
            cluster.node("a").members().withForce(true).remove("c").await(WAIT);
            assertEquals("v", strong(cluster.listing("c").client("x")).get("k"));
            cluster.close("c");
            Coterie late = cluster.with(builder -> builder.operationTimeout(Duration.ofSeconds(2)))
                    .client("y");
            QuorumUnavailableException failure = assertThrows(
                    QuorumUnavailableException.class, () -> strong(late).get("k"));
            assertTrue(
                    failure.getMessage().contains("list some that are members now")
                            && failure.getMessage().contains("c=not connected: connection refused"),
                    failure.getMessage());
        }
    }

    private static String problem(LocalCluster cluster, String node, String replica) {
        return cluster.node(node).status().replicas().stream()
                .filter(status -> status.id().name().equals(replica))
                .map(status -> String.valueOf(status.problem()))
                .findFirst()
                .orElseThrow();
    }
}
