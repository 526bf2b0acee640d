package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Consistency;
import io.coterie.failuredetector.PeerState;
import io.coterie.rpc.Codec;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusTest {
    @TempDir
    Path directory;

    @Test
    void aHealthyClusterSaysWhatItSurvives() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            Coterie client = cluster.client("x");
            client.store("orders", Codec.utf8(), Codec.utf8(), Consistency.strong());
            client.store("tags", Codec.utf8(), Codec.utf8(), Consistency.eventual());
            awaitAllUp(client);

            assertEquals("""
                    cluster test, seen from x, a client
                      replica a at 127.0.0.1:PORT: voting
                      replica b at 127.0.0.1:PORT: voting
                      replica c at 127.0.0.1:PORT: voting
                      store orders, strong: linearizable; reads and writes need 2 of 3 replicas and go on while 1 of them \
                    fail; now: reads and writes survive 1 more failure
                      store tags, eventual: reads and writes need 1 of 3 replicas and go on while 2 of them fail; reads may \
                    be stale, of concurrent writes the last one stays, and a write is lost if the only replica that has it \
                    is lost; now: reads and writes survive 2 more failures""", masked(client.status()));
        }
    }

    @Test
    void whatIsWrongIsSaidForEachReplica() {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            Coterie a = cluster.node("a");
            a.store("orders", Codec.utf8(), Codec.utf8(), Consistency.strong());
            awaitAllUp(a);
            cluster.close("b", "c");
            Await.until(
                    "both are missed",
                    () -> a.status().replicas().stream()
                            .skip(1)
                            .allMatch(replica -> replica.detector() == PeerState.DOWN
                                    && String.valueOf(replica.problem()).contains("refused")));

            assertEquals("""
                    cluster test, seen from a, a replica that keeps its records in directory DIR
                      replica a at 127.0.0.1:PORT: voting
                      replica b at 127.0.0.1:PORT: no answer, down (not connected: connection refused by 127.0.0.1:PORT)
                      replica c at 127.0.0.1:PORT: no answer, down (not connected: connection refused by 127.0.0.1:PORT)
                      store orders, strong: linearizable; reads and writes need 2 of 3 replicas and go on while 1 of them \
                    fail; now: NOT AVAILABLE, 1 replica too few""", masked(a.status()).replace(directory.resolve("a").toString(), "DIR"));
            assertEquals(-1, a.status().stores().get(0).failuresSurvived());
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
                            .contains(
                                    "replica a at 127.0.0.1:" + cluster.port("a")
                                            + ": registering (it is new, and votes once most of the other replicas know it: start them"),
                    () -> cluster.node("a").status().toString());
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
