package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.cluster.LogText;
import io.coterie.consistency.Consistency;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.Security;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that know addresses of their cluster, and no names, over real connections. */
class JoinByAddressTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int KEYS = 50;

    @TempDir
    Path directory;

    private final String own = "127.0.0.1:" + LocalCluster.freePort();
    private final String nobody = "127.0.0.1:" + LocalCluster.freePort();
    private LocalCluster cluster = LocalCluster.inMemory();

    @AfterEach
    void close() {
        cluster.close();
    }

    private void found() {
        cluster = LocalCluster.in(directory).startAll();
        putAll(cluster.node("a"));
    }

    private CoterieBuilder joining(String name, String address, String... addresses) {
        return Coterie.builder()
                .cluster("test")
                .self(name)
                .replica(name, address)
                .joining(addresses)
                .storage(Storage.directory(directory.resolve(name)))
                .operationTimeout(Duration.ofSeconds(10));
    }

    private String address(String name) {
        return "127.0.0.1:" + cluster.port(name);
    }

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
    }

    private static void hasAll(Coterie node) {
        for (int i = 0; i < KEYS; i++) {
            assertEquals("v" + i, strong(node).get("k" + i));
        }
    }

    private static void awaitMembers(Coterie node, String... names) {
        Await.until(
                "the members are " + List.of(names),
                () -> !node.members().view().isChanging()
                        && node.members().view().members().stream()
                                .map(member -> member.name().name())
                                .sorted()
                                .toList()
                                .equals(List.of(names)));
    }

    private static void awaitVote(Coterie node) {
        Await.until(
                node.self() + " votes",
                () -> node.status().replicas().stream()
                        .anyMatch(
                                replica -> replica.id().equals(node.self()) && replica.state() == ReplicaState.VOTING));
    }

    private static void awaitSpare(Coterie at, String name) {
        Await.until(
                name + " waits",
                () -> at.members().view().spares().stream()
                        .anyMatch(spare -> spare.name().equals(NodeId.of(name))));
    }

    private static long incarnation(Coterie node, String name) {
        return node.members().view().members().stream()
                .filter(member -> member.name().name().equals(name))
                .mapToLong(Member::incarnation)
                .findFirst()
                .orElse(0);
    }

    private static void delete(Path path) throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    /** One of the addresses is dead, one is its own, and two lead to the same member. */
    @Test
    void aNewcomerWaitsAsASpareUntilItIsAdded() throws TimeoutException {
        found();
        String same = "localhost:" + cluster.port("b");
        try (Coterie d = joining("d", own, nobody, own, address("b"), same).start()) {
            awaitSpare(cluster.node("a"), "d");
            assertFalse(d.status().replicas().isEmpty());
            assertTrue(d.status().toString().contains("replica d is no member yet"), d.status()::toString);

            cluster.node("a").members().add("d", own).await(LIMIT);

            awaitMembers(d, "a", "b", "c", "d");
            awaitVote(d);
            cluster.close("a");
            hasAll(d);
            strong(d).put("k0", "v0");
        }
    }

    @Test
    void aNewcomerTakesThePlaceOfTheMemberAtADeadAddress() throws TimeoutException {
        found();
        cluster.close("b");
        try (Coterie d = joining("d", own, address("b"), address("c")).start()) {
            awaitSpare(cluster.node("a"), "d");

            cluster.node("a").members().replace("b", "d", own).await(LIMIT);

            awaitMembers(d, "a", "c", "d");
            awaitVote(d);
            cluster.close("c");
            hasAll(d);
        }
    }

    @Test
    void whoeverJoinsWaitsForMembersThatStartLaterAndFoundsNothing() {
        cluster = LocalCluster.in(directory);
        try (Coterie d = joining("d", own, address("a"), nobody).start();
                Coterie e = joining("e", nobody, own).start()) {
            Await.until("they have met", () -> d.status().toString().contains("none of e knows the members yet"));
            assertEquals(0, d.status().epoch() + e.status().epoch());
            assertTrue(d.status().replicas().isEmpty());
            assertTrue(
                    d.status().toString().contains(address("a") + ": connection refused by " + address("a")),
                    d.status()::toString);

            cluster.startAll();

            awaitSpare(cluster.node("a"), "d");
            awaitMembers(e, "a", "b", "c");
        }
    }

    /** The cluster began with a list in which its first replica is alone. */
    @Test
    void aFirstReplicaThatLostItsDirectoryHealsInPlaceOfFounding() throws IOException, TimeoutException {
        String ofA = "127.0.0.1:" + LocalCluster.freePort();
        CoterieBuilder alone = Coterie.builder()
                .cluster("test")
                .self("a")
                .replica("a", ofA)
                .storage(Storage.directory(directory.resolve("a")));
        Coterie a = alone.start();
        try (Coterie b = joining("b", own, ofA).start();
                Coterie c = joining("c", nobody, ofA, own).start()) {
            putAll(a);
            for (Coterie each : List.of(b, c)) {
                awaitSpare(a, each.self().name());
                a.members().add(each.self().name(), each == b ? own : nobody).await(LIMIT);
                awaitVote(each);
            }
            long before = incarnation(b, "a");
            a.close();
            delete(directory.resolve("a"));
            try (Coterie again = joining("a", ofA, ofA, own, nobody).start()) {
                Await.until(
                        "a is a member with new records",
                        () -> incarnation(again, "a") != 0
                                && incarnation(again, "a") != before
                                && !again.members().view().isChanging());
                awaitVote(again);
                hasAll(again);
            }
        } finally {
            a.close();
        }
    }

    @Test
    void aFirstReplicaThatLostItsDirectoryWaitsWhileNobodyElseIsThere() {
        try (Coterie a = joining("a", own, own, nobody).start()) {
            Await.until("it has looked", () -> a.status().toString().contains("connection refused by " + nobody));
            assertEquals(0, a.status().epoch());
            assertThrows(
                    QuorumUnavailableException.class,
                    () -> strong(a).withTimeout(Duration.ofMillis(300)).put("k", "v"));
            assertThrows(
                    QuorumUnavailableException.class,
                    () -> eventual(a).withTimeout(Duration.ofMillis(300)).put("k", "v"));
        }
    }

    /** It was no member, so nobody dials it, and its directory has the old addresses. */
    @Test
    void afterARestartTheAddressesFindMembersThatHaveMoved() {
        found();
        try (Coterie d = joining("d", own, address("a")).start()) {
            awaitSpare(cluster.node("a"), "d");
            awaitMembers(d, "a", "b", "c");
        }
        cluster.close("a", "b", "c");
        cluster.move();
        cluster.startAll();
        try (Coterie d = joining("d", own, nobody, address("c")).start()) {
            awaitSpare(cluster.node("c"), "d");
            assertNotEquals(0, d.status().epoch());
        }
    }

    @Test
    void aJoinedMemberRestartsWithAddressesThatLeadNowhere() throws TimeoutException {
        found();
        try (Coterie d = joining("d", own, address("a")).start()) {
            awaitSpare(cluster.node("a"), "d");
            cluster.node("a").members().add("d", own).await(LIMIT);
            awaitVote(d);
        }
        try (Coterie d = joining("d", own, nobody).start()) {
            awaitVote(d);
            cluster.close("b");
            hasAll(d);
        }
    }

    /** Under a shared secret each start has another key, accepted once the others have dialed it. */
    @Test
    void aReplicaThatLostItsMemoryHealsUnderASharedSecret() {
        Security secret = Security.sharedSecret("drawn for these tests".getBytes(StandardCharsets.US_ASCII));
        cluster = LocalCluster.inMemory()
                .with(builder -> builder.security(secret))
                .startAll();
        putAll(cluster.node("a"));
        long before = incarnation(cluster.node("a"), "c");
        cluster.close("c");
        try (Coterie c = Coterie.builder()
                .cluster("test")
                .self("c")
                .replica("c", address("c"))
                .joining(address("a"))
                .security(secret)
                .operationTimeout(Duration.ofSeconds(10))
                .start()) {
            Await.until("c has new records", () -> incarnation(c, "c") != 0 && incarnation(c, "c") != before);
            awaitVote(c);
            cluster.close("b");
            hasAll(c);
        }
    }

    @Test
    void aClientFindsTheMembersByAddresses() {
        found();
        CoterieBuilder builder = Coterie.builder().cluster("test").client("x").joining(nobody, address("c"));
        try (Coterie x = builder.start()) {
            hasAll(x);
            strong(x).put("k", "x");
            eventual(x).put("e", "x");
            assertEquals("x", strong(cluster.node("a")).get("k"));
            awaitMembers(x, "a", "b", "c");
            cluster.close("c");
            assertEquals("x", strong(x).get("k"));
        }
    }

    @Test
    void anotherClusterIsRefusedWithBothNamesAndWhatToDo() {
        found();
        try (LogText log = new LogText();
                Coterie x = Coterie.builder()
                        .cluster("another")
                        .client("x")
                        .joining(address("a"))
                        .start()) {
            String said = "cluster name is 'test', ours is 'another'; give both the same cluster name, or correct the"
                    + " address";
            Await.until("refusal", () -> x.status().toString().contains(said));
            assertTrue(log.contains("ERROR"), log::toString);
            assertEquals(1, log.count("node x does not join through " + address("a")), log::toString);
        }
    }

    @Test
    void theNameOfAMemberThatLivesIsRefused() {
        found();
        try (Coterie second = Coterie.builder()
                .cluster("test")
                .self("a")
                .replica("a", own)
                .joining(address("a"), address("b"))
                .start()) {
            Await.until("refusal by both", () -> {
                String text = second.status().toString();
                return text.split("another node named 'a' is alive", -1).length == 3
                        && text.contains("stop or rename one of the two");
            });
            assertEquals(0, second.status().epoch());
            hasAll(cluster.node("a"));
        }
    }

    @Test
    void addressesThatCannotBeAreRefusedAtOnce() {
        CoterieBuilder builder = Coterie.builder();
        assertSays(NullPointerException.class, "joining must not be null", () -> builder.joining((String[]) null));
        assertSays(
                NullPointerException.class,
                "address of joining must not be null",
                () -> builder.joining("h:1", (String) null));
        assertSays(IllegalArgumentException.class, "joining with 0 addresses: give 1 to 64", builder::joining);
        assertSays(IllegalArgumentException.class, "joining with 65 addresses", () -> builder.joining(new String[65]));
        assertSays(
                IllegalArgumentException.class,
                "joining: address \"10.0.0.1\" is not host:port",
                () -> builder.joining("h:1", "10.0.0.1"));
        assertSays(IllegalArgumentException.class, "joining: port 0 of h:0", () -> builder.joining("h:0"));
        builder.joining("h:1");
        assertSays(
                IllegalStateException.class,
                "joining is set twice, to [h:1] and to [h:2]; set it once",
                () -> builder.joining("h:2"));
    }

    @Test
    void whatContradictsJoiningIsRefusedAtTheStart() {
        assertSays(
                IllegalStateException.class,
                "self, d, has no address: give the one at which the others are to reach this replica by"
                        + " replica(\"d\", address)",
                named().self("d").joining("h:1")::start);
        assertSays(
                IllegalStateException.class,
                "joining has no address but h:1, which is this node's own",
                named().self("d").replica("d", "h:1").joining("h:1", "h:1")::start);
        assertSays(
                IllegalStateException.class,
                "joining is set together with transport",
                named().client("x").joining("h:1").transport(new Nowhere())::start);
        assertSays(
                IllegalStateException.class,
                "client, x, is one of the replicas [x]",
                named().client("x").replica("x", "h:2").joining("h:1")::start);
    }

    private static CoterieBuilder named() {
        return Coterie.builder().cluster("test");
    }

    private static void assertSays(Class<? extends Throwable> type, String text, Executable misuse) {
        Throwable thrown = assertThrows(type, misuse);
        assertTrue(String.valueOf(thrown.getMessage()).contains(text), thrown.getMessage());
    }

    private static final class Nowhere implements Transport {
        @Override
        public void start(Receiver receiver) {}

        @Override
        public boolean send(NodeId to, ByteBuffer message) {
            return false;
        }

        @Override
        public void close() {}
    }
}
