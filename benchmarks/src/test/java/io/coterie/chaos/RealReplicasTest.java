package io.coterie.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.AsyncStore;
import io.coterie.Coterie;
import io.coterie.Store;
import io.coterie.chaos.callers.EventualValues;
import io.coterie.chaos.cluster.Await;
import io.coterie.chaos.cluster.ChaosCluster;
import io.coterie.chaos.cluster.Folders;
import io.coterie.chaos.cluster.ReplicaProcess;
import io.coterie.consistency.Consistency;
import io.coterie.rpc.codec.Codec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * What an operator does to replicas, and what a machine gets wrong, with a process and a directory
 * for each replica.
 */
class RealReplicasTest {
    private static final List<String> REPLICAS = List.of("a", "b", "c");
    private static final ReplicaProcess.Settings SETTINGS = new ReplicaProcess.Settings(96, Duration.ofSeconds(30));
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int KEYS = 20;

    private Path folder;

    @BeforeEach
    void makeFolder(TestInfo test) throws IOException {
        folder = Folders.empty(
                "real-replicas/" + test.getTestMethod().orElseThrow().getName());
    }

    @Test
    void anotherListOfReplicasChangesNoMembersAndNothingIsLost() throws Exception {
        try (ChaosCluster cluster = cluster(REPLICAS)) {
            cluster.start(REPLICAS);
            cluster.awaitVotes(PATIENCE);
            cluster.kill(List.of("c"));
            putAll(cluster, "acknowledged by a and b alone");
        }
        Folders.delete(folder.resolve("c"));

        for (List<String> list : List.of(List.of("a", "b", "d"), List.of("a", "b", "c", "d", "e"))) {
            try (ChaosCluster other = cluster(list)) {
                other.start(List.of("a", "b", "d"));
                assertAll(other, "acknowledged by a and b alone");
                assertEquals(
                        REPLICAS,
                        client(other).status().replicas().stream()
                                .map(replica -> replica.id().name())
                                .toList());
            }
        }
        Folders.delete(folder);
    }

    @Test
    void anOlderCopyOfADirectoryIsNotTrustedAndNothingIsLost() throws Exception {
        Path copy = folder.resolve("copy");
        try (ChaosCluster cluster = cluster(REPLICAS)) {
            Path own = cluster.directory("c");
            cluster.start(REPLICAS);
            cluster.awaitVotes(PATIENCE);
            cluster.stop(List.of("c"));
            Folders.copy(own, copy);
            cluster.start(List.of("c"));
            cluster.awaitVotes(PATIENCE);
            cluster.kill(List.of("b"));
            putAll(cluster, "acknowledged by a and c alone");
            cluster.kill(List.of("c"));
            Folders.delete(own);
            Folders.copy(copy, own);

            long older = incarnation(cluster, "c");
            cluster.start(List.of("b", "c"));
            Await.until(
                    () -> "c has new records",
                    PATIENCE,
                    () -> incarnation(cluster, "c") != older
                            && !client(cluster).members().view().isChanging());
            cluster.awaitVotes(PATIENCE);
            cluster.kill(List.of("a"));
            assertAll(cluster, "acknowledged by a and c alone");
        }
        Folders.delete(folder);
    }

    /** Which records of a member count, as the client knows it. */
    private static long incarnation(ChaosCluster cluster, String name) {
        return client(cluster).members().view().members().stream()
                .filter(member -> member.name().name().equals(name))
                .reduce((before, last) -> last)
                .orElseThrow()
                .incarnation();
    }

    @Test
    void aClockAnHourAheadHindersNoEventualWriteOfOthers() throws Exception {
        try (ChaosCluster cluster = cluster(REPLICAS)) {
            cluster.start(List.of("c"));
            cluster.process("c").order("clock " + HOUR.toMillis());
            put(cluster, "c", "k", "of-the-future");
            cluster.start(List.of("a", "b"));
            for (String replica : List.of("a", "b")) {
                Await.until(() -> replica + " knows of the clock of c", PATIENCE, () -> {
                    get(cluster, replica, "k");
                    return Files.readString(folder.resolve(replica + ".log")).contains("the clocks of these replicas");
                });
            }

            putAtAllBut(cluster, "c");
            cluster.kill(List.of("c"));
            putAtAllBut(cluster, "c");
            put(cluster, "a", "k", "later");
            Await.until(
                    () -> "b has what a wrote",
                    PATIENCE,
                    () -> get(cluster, "b", "k").equals("later"));

            // Its clock is right again.
            cluster.start(List.of("c"));
            put(cluster, "c", "other", "of-c");
            Await.until(
                    () -> "c has what a wrote",
                    PATIENCE,
                    () -> get(cluster, "c", "k").equals("later"));
            Await.until(
                    () -> "a has what c wrote",
                    PATIENCE,
                    () -> get(cluster, "a", "other").equals("of-c"));
        }
        Folders.delete(folder);
    }

    private static void putAtAllBut(ChaosCluster cluster, String away) {
        EventualValues client = new EventualValues(client(cluster));
        for (int i = 0; i < KEYS; i++) {
            client.get("k");
            assertEquals(EventualValues.DONE, client.put("of-the-client" + i, "v"));
            for (String replica : REPLICAS) {
                if (!replica.equals(away)) {
                    get(cluster, replica, "k");
                    put(cluster, replica, "of-" + replica + i, "v");
                }
            }
        }
    }

    private static void put(ChaosCluster cluster, String replica, String key, String value) {
        cluster.process(replica).order("put " + key + " " + value);
        assertEquals(EventualValues.DONE, cluster.process(replica).await("put ", PATIENCE.toSeconds()), replica);
    }

    private static String get(ChaosCluster cluster, String replica, String key) {
        cluster.process(replica).order("get " + key);
        return cluster.process(replica).await("got ", PATIENCE.toSeconds());
    }

    private static void putAll(ChaosCluster cluster, String value) {
        AsyncStore<String, String> store = strong(cluster).async();
        CompletableFuture.allOf(IntStream.range(0, KEYS)
                        .mapToObj(i -> store.put("k" + i, value))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    private static void assertAll(ChaosCluster cluster, String value) {
        for (int i = 0; i < KEYS; i++) {
            assertEquals(value, strong(cluster).get("k" + i), "k" + i);
        }
    }

    private ChaosCluster cluster(List<String> replicas) throws IOException {
        return new ChaosCluster(replicas, List.of("x"), folder, SETTINGS);
    }

    private static Coterie client(ChaosCluster cluster) {
        return cluster.clients().get("x");
    }

    private static Store<String, String> strong(ChaosCluster cluster) {
        return client(cluster).store("strong", Codec.utf8(), Codec.utf8(), Consistency.strong());
    }
}
