package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.replication.ChangeRefusedException;
import io.coterie.replication.ChangeRefusedException.Reason;
import io.coterie.replication.ReplicaState;
import io.coterie.rpc.codec.Codec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members of a cluster with real connections and directories come, go and heal. */
class MembersTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int KEYS = 300;

    @TempDir
    Path directory;

    private static Store<String, String> strong(Coterie node) {
        return node.store("strong", Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    private static Store<String, String> eventual(Coterie node) {
        return node.store("eventual", Codec.utf8(), Codec.utf8(), Consistency.eventual());
    }

    private static void putAll(Coterie node) {
        for (int i = 0; i < KEYS; i++) {
            strong(node).put("k" + i, "v" + i);
        }
        eventual(node).put("e", "v");
    }

    private static void hasAll(Coterie node) {
        for (int i = 0; i < KEYS; i++) {
            assertEquals("v" + i, strong(node).get("k" + i));
        }
        assertEquals("v", eventual(node).get("e"));
    }

    private static List<String> names(Coterie node) {
        return node.members().view().members().stream()
                .map(member -> member.name().name())
                .sorted()
                .toList();
    }

    private static String address(LocalCluster cluster, String name) {
        return "127.0.0.1:" + cluster.port(name);
    }

    private static void awaitMembers(Coterie node, String... names) {
        Await.until(
                "the members are " + List.of(names),
                () -> names(node).equals(List.of(names))
                        && !node.members().view().isChanging());
    }

    private static void awaitVote(Coterie node) {
        Await.until(
                node.self() + " votes",
                () -> node.status().replicas().stream()
                        .anyMatch(
                                replica -> replica.id().equals(node.self()) && replica.state() == ReplicaState.VOTING));
    }

    private static ChangeRefusedException refused(MemberChange change, Reason reason) {
        ChangeRefusedException refused = assertThrows(ChangeRefusedException.class, () -> change.await(LIMIT));
        assertEquals(reason, refused.reason(), refused.getMessage());
        return refused;
    }

    /** The client was started with the old list, and hears of the newcomer. */
    @Test
    void aDeadMemberIsReplacedWhileAClientWrites() throws Exception {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            Coterie client = cluster.client("x");
            putAll(client);
            cluster.close("b");
            AtomicBoolean over = new AtomicBoolean();
            List<Throwable> failures = new CopyOnWriteArrayList<>();
            Thread writer = new Thread(() -> {
                for (int i = 0; !over.get(); i++) {
                    try {
                        strong(client).put("w" + i % 50, "w" + i);
                    } catch (RuntimeException e) {
                        failures.add(e);
                    }
                }
            });
            writer.start();
            cluster.listing("a", "c", "d");
            cluster.start("d");
            cluster.node("a").members().replace("b", "d", address(cluster, "d")).await(LIMIT);
            awaitMembers(cluster.node("d"), "a", "c", "d");
            cluster.close("a");
            hasAll(client);
            over.set(true);
            writer.join();
            assertEquals(List.of(), failures);
            awaitMembers(client, "a", "c", "d");
        }
    }

    @Test
    void aLostDirectoryHealsItself() throws IOException {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            putAll(cluster.node("a"));
            long incarnation = incarnation(cluster.node("a"), "c");
            cluster.close("c");
            delete(directory.resolve("c"));
            cluster.start("c");
            Await.until(
                    "c is a member with new records",
                    () -> incarnation(cluster.node("a"), "c") != incarnation
                            && !cluster.node("a").members().view().isChanging());
            awaitVote(cluster.node("c"));
            cluster.close("a");
            hasAll(cluster.node("c"));
            strong(cluster.node("c")).put("k0", "v0");
        }
    }

    @Test
    void replicasThatKeepTheirRecordsInMemoryAreStartedAgainOneByOne() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            // An eventual write is acknowledged by one replica: this one stops last.
            putAll(cluster.node("c"));
            for (String name : List.of("a", "b", "c")) {
                String other = name.equals("b") ? "c" : "b";
                long before = incarnation(cluster.node(other), name);
                cluster.close(name);
                cluster.start(name);
                Await.until(
                        name + " is a member with new records",
                        () -> incarnation(cluster.node(other), name) != before
                                && !cluster.node(other).members().view().isChanging());
                awaitVote(cluster.node(name));
            }
            hasAll(cluster.node("a"));
        }
    }

    /** The configuration is durable, so the lists in code matter no longer. */
    @Test
    void aClusterRemembersItsMembersAfterAllHaveStopped() throws Exception {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            putAll(cluster.node("a"));
            cluster.listing("a", "b", "c", "d");
            cluster.start("d");
            cluster.node("c").members().add("d", address(cluster, "d")).await(LIMIT);
            cluster.node("d").members().remove("a").await(LIMIT);
            cluster.close("a", "b", "c", "d");
            cluster.start("b", "c", "d");
            awaitMembers(cluster.node("b"), "b", "c", "d");
            cluster.close("b");
            hasAll(cluster.node("d"));
        }
    }

    @Test
    void aMemberThatIsRemovedNoLongerVotesAndSaysSo() throws Exception {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            cluster.node("a").members().withForce(true).remove("c").await(LIMIT);
            Await.until(
                    "c knows that it is no member",
                    () -> names(cluster.node("c")).equals(List.of("a", "b")));
            String status = cluster.node("c").status().toString();
            assertTrue(status.contains("is no member"), status);
            cluster.node("a").members().add("c", address(cluster, "c")).await(LIMIT);
            awaitVote(cluster.node("c"));
        }
    }

    @Test
    void aMemberMovesToAnotherAddress() throws Exception {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            putAll(cluster.node("a"));
            cluster.close("c");
            int port = LocalCluster.freePort();
            cluster.node("a").members().moved("c", "127.0.0.1:" + port).await(LIMIT);
            cluster.with(builder -> builder.bind("127.0.0.1:" + port));
            cluster.start("c");
            awaitVote(cluster.node("c"));
            cluster.close("b");
            hasAll(cluster.node("a"));
        }
    }

    @Test
    void aChangeThatCannotBeMadeIsRefusedWithTheReason() {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            Members members = cluster.node("a").members();
            String free = "127.0.0.1:" + LocalCluster.freePort();
            refused(members.replace("x", "d", free), Reason.UNKNOWN_MEMBER);
            refused(members.add("b", free), Reason.NAME_IN_USE);
            refused(members.add("d", address(cluster, "b")), Reason.ADDRESS_IN_USE);
            refused(members.remove("b"), Reason.NO_VOTE_TO_SPARE);
            String silent =
                    refused(members.add("d", free), Reason.NEWCOMER_SILENT).getMessage();
            assertTrue(silent.contains("start it with the members in its list"), silent);
            Coterie client = cluster.client("x");
            refused(client.members().remove("b"), Reason.NO_MEMBER);
            assertThrows(IllegalArgumentException.class, () -> members.add("d", "nowhere"));
            assertEquals(List.of("a", "b", "c"), names(cluster.node("a")));
        }
    }

    @Test
    void aListenerHearsOfEachChange() throws TimeoutException {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            List<MembersView> heard = new CopyOnWriteArrayList<>();
            cluster.node("a").members().addListener(heard::add);
            cluster.node("b").members().withForce(true).remove("c").await(LIMIT);
            Await.until("a hears of it", () -> heard.size() == 3);
            assertEquals(
                    List.of(1L, 2L, 3L), heard.stream().map(MembersView::epoch).toList());
            assertTrue(heard.get(1).isChanging());
            assertFalse(heard.get(2).isChanging());
            assertEquals(2, heard.get(2).members().size());
        }
    }

    private static long incarnation(Coterie node, String name) {
        List<Member> named = node.members().view().members().stream()
                .filter(member -> member.name().name().equals(name))
                .toList();
        return named.isEmpty() ? 0 : named.get(named.size() - 1).incarnation();
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
