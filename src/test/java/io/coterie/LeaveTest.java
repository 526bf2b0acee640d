package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.replication.ChangeRefusedException;
import io.coterie.replication.ChangeRefusedException.Reason;
import io.coterie.replication.Replication;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.NodeClosedException;
import io.coterie.rpc.node.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica leaves a cluster with real connections and directories. */
class LeaveTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private static Store<String, String> strong(Coterie node) {
        return node.store("strong", Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    private static String names(Coterie node) {
        return node.members().view().members().stream()
                .map(member -> member.name().name())
                .sorted()
                .toList()
                .toString();
    }

    private static void awaitMembers(Coterie node, String names) {
        Await.until(
                "the members are " + names,
                () -> names(node).equals(names) && !node.members().view().isChanging());
    }

    @Test
    void aReplicaLeavesAndItsNodeIsClosed() throws Exception {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            cluster.listing("a", "b", "c", "d").start("d");
            cluster.node("a")
                    .members()
                    .add("d", "127.0.0.1:" + cluster.port("d"))
                    .await(LIMIT);
            strong(cluster.node("a")).put("k", "v");
            Coterie leaving = cluster.node("c");
            leaving.leave(LIMIT);
            assertThrows(NodeClosedException.class, leaving::status);
            awaitMembers(cluster.node("a"), "[a, b, d]");
            cluster.close("b");
            assertEquals("v", strong(cluster.node("d")).get("k"));
            cluster.start("b");
            cluster.start("c");
            Await.until(
                    "c says that it is no member",
                    () -> cluster.node("c").status().toString().contains("no member"));
            assertEquals("[a, b, d]", names(cluster.node("a")));
        }
    }

    @Test
    void aReplicaOfTheListThatIsNoMemberIsNotWatched() {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            cluster.listing("a", "b", "c", "d");
            NodeComponents client = NodeComponents.start(cluster.builder("x"), "test", NodeId.of("x"));
            try (RpcNode node = client.node();
                    Replication replication = client.replication()) {
                Await.until(
                        node.self() + " watches the members alone",
                        () -> client.detector()
                                .view()
                                .keySet()
                                .equals(Set.of(NodeId.of("a"), NodeId.of("b"), NodeId.of("c"))));
                assertEquals("x", replication.self().name());
            }
        }
    }

    @Test
    void aReplicaThatIsNeededStaysAndItsNodeWorks() {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            Coterie needed = cluster.node("c");
            ChangeRefusedException refused = assertThrows(ChangeRefusedException.class, () -> needed.leave(LIMIT));
            assertEquals(Reason.NO_VOTE_TO_SPARE, refused.reason());
            strong(needed).put("k", "v");
            assertThrows(IllegalArgumentException.class, () -> needed.leave(Duration.ofSeconds(-1)));
            ChangeRefusedException client = assertThrows(
                    ChangeRefusedException.class, () -> cluster.client("x").leave(LIMIT));
            assertEquals(Reason.NO_MEMBER, client.reason());
        }
    }
}
