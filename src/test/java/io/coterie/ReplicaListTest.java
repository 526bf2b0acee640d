package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.replication.ConfigurationMismatchException;
import io.coterie.replication.ReplicaState;
import io.coterie.rpc.codec.Codec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of replicas is that of the first start, at every replica. */
class ReplicaListTest {
    @TempDir
    Path directory;

    private static Store<String, String> strong(Coterie node) {
        return node.store("strong", Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    @Test
    void aReplicaInPlaceOfALostOneIsRefusedAndNothingAcknowledgedIsLost() {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            cluster.close("c");
            strong(cluster.node("a")).put("k", "acknowledged by a and b alone");
            cluster.close("a", "b");

            cluster.listing("a", "b", "d");
            cluster.start("d");
            assertRefused(cluster, "a", "a, b, d");
            assertRefused(cluster, "b", "a, b, d");
            assertEquals(
                    ReplicaState.REGISTERING,
                    cluster.node("d").status().replicas().get(2).state());

            cluster.close("d");
            cluster.listing("a", "b", "c").start("a", "c");
            Await.until("a and c vote", () -> cluster.voting() == 2);
            cluster.start("b");
            Await.until("b votes", () -> cluster.voting() == 3);
            assertEquals(
                    "acknowledged by a and b alone", strong(cluster.node("c")).get("k"));
        }
    }

    @Test
    void moreReplicasAndFewerReplicasAreRefused() {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            strong(cluster.node("a")).put("k", "v");
            cluster.close("a", "b", "c");
            for (List<String> other : List.of(List.of("a", "b", "c", "d", "e"), List.of("a", "b"), List.of("a"))) {
                cluster.listing(other.toArray(String[]::new));
                assertRefused(cluster, "a", String.join(", ", other));
            }
            cluster.listing("c", "b", "a").startAll();
            assertEquals("v", strong(cluster.node("b")).get("k"), "the order does not matter");
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
    void replicasInMemoryWithAnotherListDoNotVoteAndReportWhy() {
        try (LocalCluster cluster = LocalCluster.inMemory()) {
            cluster.start("a", "b");
            cluster.listing("a", "b", "d").start("d");

            Await.until("d is refused", () -> saysThatListsDiffer(cluster, "d", "d"));
            assertTrue(
                    problem(cluster, "d", "d").contains("a, b, c")
                            && problem(cluster, "d", "d").contains("a, b, d"),
                    () -> problem(cluster, "d", "d"));
            assertEquals(0, cluster.voting(), "neither list has all that its replicas must register with");
            cluster.close("d");

            cluster.listing("a", "b", "c").start("c");
            Await.until("all of one list vote", () -> cluster.voting() == 3);
        }
    }

    @Test
    void aClientWithAnotherListIsAnsweredByNobodyHoweverWellTheStoreIsKnown() {
        try (LocalCluster cluster = LocalCluster.inMemory()
                .with(builder -> builder.operationTimeout(Duration.ofSeconds(2)))
                .startAll()) {
            strong(cluster.node("a")).put("k", "v");
            Coterie client = cluster.listing("a", "b", "d").client("x");
            assertThrows(
                    ConfigurationMismatchException.class, () -> strong(client).get("k"));
        }
    }

    private static boolean saysThatListsDiffer(LocalCluster cluster, String node, String replica) {
        return problem(cluster, node, replica).contains("was given other replicas");
    }

    private static String problem(LocalCluster cluster, String node, String replica) {
        return cluster.node(node).status().replicas().stream()
                .filter(status -> status.id().name().equals(replica))
                .map(status -> String.valueOf(status.problem()))
                .findFirst()
                .orElseThrow();
    }

    private static void assertRefused(LocalCluster cluster, String replica, String listed) {
        ConfigurationMismatchException refused =
                assertThrows(ConfigurationMismatchException.class, () -> cluster.start(replica));
        String text = refused.getMessage();
        assertTrue(
                text.contains("started with the replicas " + listed + ",")
                        && text.contains("belong to the replicas a, b, c.")
                        && text.contains("List a, b, c again"),
                text);
    }
}
