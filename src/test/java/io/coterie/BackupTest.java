package io.coterie;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Backup.Losses;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.cluster.LogText;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.coordination.Lease;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.restore.RestoreProgram;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.codec.Codec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots, and new clusters from snapshots and directories, with real connections and disks. */
class BackupTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration LEASE = Duration.ofSeconds(5);
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
        strong(node).put("gone", "v");
        strong(node).delete("gone");
        eventual(node).put("e", "v");
        eventual(node).put("gone", "v");
        eventual(node).delete("gone");
    }

    private static void hasAll(Coterie node) {
        for (int i = 0; i < KEYS; i++) {
            assertEquals("v" + i, strong(node).get("k" + i));
        }
        assertNull(strong(node).get("gone"));
        assertEquals("v", eventual(node).get("e"));
        assertNull(eventual(node).get("gone"));
    }

    private Path file() {
        return directory.resolve("backups").resolve("snapshot");
    }

    private static String address(LocalCluster cluster, String name) {
        return "127.0.0.1:" + cluster.port(name);
    }

    private static void awaitVote(Coterie node) {
        Await.until(
                node.self() + " votes",
                () -> node.status().replicas().stream()
                        .anyMatch(
                                replica -> replica.id().equals(node.self()) && replica.state() == ReplicaState.VOTING));
    }

    private static long token(Coterie node, String name) throws Exception {
        try (Lease lease = node.coordination("jobs")
                .lock(name, LEASE)
                .tryAcquire(Duration.ofSeconds(20))
                .orElseThrow()) {
            return lease.token();
        }
    }

    private LocalCluster restored() {
        return LocalCluster.in(directory.resolve("new"));
    }

    private Path newDirectory() {
        return directory.resolve("new").resolve("a");
    }

    private static void addOthers(LocalCluster cluster) throws TimeoutException {
        cluster.start("b", "c");
        cluster.node("a").members().add("b", address(cluster, "b")).await(LIMIT);
        cluster.node("a").members().add("c", address(cluster, "c")).await(LIMIT);
    }

    private static Version version(Coterie node, String key) {
        AtomicReference<Version> seen = new AtomicReference<>();
        Watch watch = strong(node).watch(key, 8, change -> seen.compareAndSet(null, change.version()));
        Await.until("the version of " + key, () -> seen.get() != null);
        watch.close();
        return seen.get();
    }

    @Test
    void aSnapshotUnderLoadIsRestoredWithAllThatWasAcknowledgedBefore() throws Exception {
        Map<String, Integer> before = new HashMap<>();
        long token;
        Version version;
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            putAll(cluster.node("a"));
            token = token(cluster.node("b"), "job");
            version = version(cluster.node("b"), "k7");
            Map<String, Integer> acknowledged = new ConcurrentHashMap<>();
            AtomicBoolean over = new AtomicBoolean();
            List<Throwable> failures = new CopyOnWriteArrayList<>();
            List<Thread> writers = new ArrayList<>();
            for (String name : List.of("b", "c")) {
                Thread writer = new Thread(() -> {
                    for (int i = 0; !over.get(); i++) {
                        try {
                            String key = name + i % 50;
                            strong(cluster.node(name)).put(key, "" + i);
                            acknowledged.put(key, i);
                        } catch (RuntimeException e) {
                            failures.add(e);
                        }
                    }
                });
                writers.add(writer);
                writer.start();
            }
            Await.until("there is load", () -> acknowledged.size() == 100);
            before.putAll(acknowledged);
            Snapshot snapshot = cluster.node("a").snapshot(file());
            over.set(true);
            for (Thread writer : writers) {
                writer.join();
            }
            assertEquals(List.of(), failures);
            assertEquals(Files.size(file()), snapshot.bytes());
            assertEquals(1, snapshot.epoch());
            assertTrue(snapshot.strongKeys() >= KEYS + 100, snapshot::toString);
            assertEquals(2, snapshot.eventualKeys());
            assertEquals(List.of("snapshot"), names(file().getParent()));
        }
        try (LocalCluster cluster = restored()) {
            String said = Backup.restore(file(), newDirectory(), "a", address(cluster, "a"));
            assertTrue(said.contains("store \"eventual\" (eventual): 1 keys"), said);
            cluster.start("a");
            awaitVote(cluster.node("a"));
            addOthers(cluster);
            cluster.close("a");
            Coterie node = cluster.node("b");
            hasAll(node);
            before.forEach((key, value) -> {
                int found = Integer.parseInt(String.valueOf(strong(node).get(key)));
                assertTrue(found >= value, () -> key + " has " + found + ", and " + value + " was acknowledged");
            });
            assertTrue(token(node, "job") > token);
            assertEquals(version, version(node, "k7"));
            strong(node).put("k7", "later");
            assertTrue(version(node, "k7").compareTo(version) > 0);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aReplicaOfTheOtherClusterWithTheSameNamesIsRefused() throws Exception {
        try (LocalCluster old = LocalCluster.in(directory).startAll()) {
            putAll(old.node("a"));
            old.node("a").snapshot(file());
            old.close("a");
            // The restored replica takes the name and the address of the one before.
            Files.move(directory.resolve("a"), directory.resolve("before"));
            Backup.restore(file(), directory.resolve("a"), "a", address(old, "a"));
            long epoch = old.node("b").members().view().epoch();
            try (LogText log = new LogText()) {
                old.start("a");
                Coterie restored = old.node("a");
                awaitVote(restored);
                long newEpoch = restored.members().view().epoch();
                strong(old.node("b")).put("k0", "old");
                eventual(old.node("b")).put("e", "old");
                strong(restored).put("k1", "new");
                eventual(restored).put("e", "new");
                Await.until("b or c says it", () -> log.contains("another cluster of the same name"));
                assertEquals(epoch, old.node("b").members().view().epoch());
                assertEquals(newEpoch, restored.members().view().epoch());
                assertEquals(1, restored.members().view().members().size());
                assertEquals("v0", strong(restored).get("k0"));
                assertEquals("v1", strong(old.node("c")).get("k1"));
                assertEquals("new", eventual(restored).get("e"));
                assertEquals("old", eventual(old.node("c")).get("e"));
            }
        }
    }

    @Test
    void twoOfThreeDirectoriesAreEnough() throws Exception {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            putAll(cluster.node("a"));
        }
        try (LocalCluster cluster = restored()) {
            Backup.recover(
                    List.of(directory.resolve("b"), directory.resolve("c")),
                    newDirectory(),
                    "a",
                    address(cluster, "a"),
                    Losses.REFUSED);
            cluster.start("a");
            addOthers(cluster);
            hasAll(cluster.node("c"));
        }
    }

    @Test
    void oneOfThreeDirectoriesIsTakenOnlyIfTheLossIsAccepted() throws Exception {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            putAll(cluster.node("a"));
            cluster.close("a", "b");
        }
        Path left = directory.resolve("c");
        List<Path> one = List.of(left);
        try (LocalCluster cluster = restored()) {
            String address = address(cluster, "a");
            String why = assertThrows(
                            WritesMayBeLostException.class,
                            () -> Backup.recover(one, newDirectory(), "a", address, Losses.REFUSED))
                    .getMessage();
            assertTrue(why.contains("those of 1 of the 3 members"), why);
            assertTrue(why.contains("Acknowledged writes may be missing"), why);
            assertFalse(Files.exists(newDirectory()));
            Backup.recover(one, newDirectory(), "a", address, Losses.ACCEPTED);
            cluster.start("a");
            awaitVote(cluster.node("a"));
            strong(cluster.node("a")).put("after", "v");
            assertEquals("v", strong(cluster.node("a")).get("after"));
        }
    }

    /** As an operator reads it. */
    @Test
    void theProgramSaysWhatMayBeLostAndWritesNothingBeforeThatIsAccepted() {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            putAll(cluster.node("a"));
            cluster.node("a").snapshot(file());
        }
        Said described = program("describe", file().toString());
        assertEquals(0, described.result);
        assertTrue(described.text.contains("it is whole"), described.text);
        assertTrue(described.text.contains("cluster \"test\""), described.text);
        assertTrue(described.text.contains("store \"strong\" (strong): " + KEYS + " keys"), described.text);
        String a = directory.resolve("a").toString();
        String b = directory.resolve("b").toString();
        Said enough = program("describe-directories", a, b);
        assertEquals(0, enough.result, enough.text);
        assertTrue(enough.text.contains("No acknowledged write of a strong store is missing."), enough.text);
        String target = newDirectory().toString();
        Said refused = program("recover", target, "a", "127.0.0.1:1", b);
        assertEquals(1, refused.result, refused.text);
        assertTrue(refused.text.contains("WRITES MAY BE LOST:"), refused.text);
        assertTrue(refused.text.contains("NOTHING WAS WRITTEN."), refused.text);
        assertFalse(Files.exists(newDirectory()));
        Said done = program("recover", "--i-accept-that-writes-may-be-lost", target, "a", "127.0.0.1:1", b);
        assertEquals(0, done.result, done.text);
        assertTrue(done.text.contains("founded a new cluster in " + target), done.text);
        Said again = program("restore", file().toString(), target, "a", "127.0.0.1:1");
        assertEquals(2, again.result, again.text);
        assertTrue(again.text.contains("is not empty"), again.text);
        assertEquals(2, program("restore").result);
    }

    private record Said(int result, String text) {}

    private static Said program(String... arguments) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        int result = new RestoreProgram(new PrintStream(text, true, UTF_8), Backup.restoration()).run(arguments);
        return new Said(result, text.toString(UTF_8));
    }

    @Test
    void theDirectoryOfARunningReplicaIsRefused() {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            putAll(cluster.node("a"));
            cluster.close("b", "c");
            List<Path> all = Stream.of("a", "b", "c").map(directory::resolve).toList();
            String why = assertThrows(
                            StorageException.class,
                            () -> Backup.recover(all, newDirectory(), "a", "127.0.0.1:1", Losses.ACCEPTED))
                    .getMessage();
            assertTrue(why.contains(directory.resolve("a") + " is in use"), why);
            assertFalse(Files.exists(newDirectory()));
        }
    }

    @Test
    void aSnapshotIsRefusedAtAClientAndAtAReplicaThatDoesNotVote() {
        try (LocalCluster cluster = LocalCluster.in(directory)) {
            cluster.start("a");
            String why = assertThrows(
                            NotReadyException.class, () -> cluster.node("a").snapshot(file()))
                    .getMessage();
            assertTrue(why.contains("does not vote"), why);
            Coterie client = cluster.client("x");
            why = assertThrows(IllegalStateException.class, () -> client.snapshot(file()))
                    .getMessage();
            assertTrue(why.contains("Take it at a replica"), why);
            assertFalse(Files.exists(file().getParent()));
        }
    }

    @Test
    void nothingIsOverwritten() throws Exception {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            putAll(cluster.node("a"));
            cluster.node("a").snapshot(file());
            String why = assertThrows(
                            StorageException.class, () -> cluster.node("a").snapshot(file()))
                    .getMessage();
            assertTrue(why.contains("exists already"), why);
            why = assertThrows(
                            StorageException.class,
                            () -> Backup.restore(file(), file().getParent(), "a", "127.0.0.1:1"))
                    .getMessage();
            assertTrue(why.contains("is not empty"), why);
        }
    }

    @Test
    void aSnapshotThatIsCancelledLeavesNoFile() throws Exception {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            putAll(cluster.node("a"));
            CompletableFuture<Snapshot> taken = cluster.node("a").snapshotAsync(file());
            taken.cancel(false);
            Await.until("nothing is left", () -> {
                try {
                    return names(file().getParent()).isEmpty();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        }
    }
}
