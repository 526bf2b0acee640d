package io.coterie.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Page;
import io.coterie.Scan;
import io.coterie.Store;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.codec.Codec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Stores in the order of their keys, over TCP. */
class ScanTest {
    private static final LocalCluster cluster = LocalCluster.inMemory();

    @BeforeAll
    static void start() {
        cluster.startAll().client("x");
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    private static Store<String, String> open(String node, String name) {
        return cluster.node(node).store(name, Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    /** All that a scan goes through, by pages of that size. */
    private static List<String> keys(Store<String, String> store, Scan<String> scan, int limit) {
        List<String> keys = new ArrayList<>();
        @Nullable Scan<String> rest = scan;
        while (rest != null) {
            Page<String, String> page = store.scan(rest, limit);
            assertTrue(page.entries().size() <= limit);
            keys.addAll(page.entries().keySet());
            rest = page.next();
        }
        return keys;
    }

    @Test
    void aScanGoesThroughTheKeysInOrderByPages() {
        Store<String, String> store = open("x", "pages");
        TreeMap<String, String> expected = new TreeMap<>();
        List<CompletableFuture<Void>> puts = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String key = "key/" + (i * 7919 % 10_007);
            expected.put(key, "v" + i);
            puts.add(store.async().put(key, "v" + i));
        }
        puts.forEach(CompletableFuture::join);

        for (String node : List.of("a", "x")) {
            assertEquals(List.copyOf(expected.keySet()), keys(open(node, "pages"), Scan.all(), 7));
            assertEquals(List.copyOf(expected.keySet()), keys(open(node, "pages"), Scan.all(), 1_000));
        }
        Page<String, String> first = store.scan(Scan.all(), 3);
        assertEquals(
                new ArrayList<>(expected.entrySet()).subList(0, 3),
                List.copyOf(first.entries().entrySet()));
        assertEquals(first.entries(), store.async().scan(Scan.all(), 3).join().entries());
        assertThrows(UnsupportedOperationException.class, () -> first.entries().clear());
    }

    @Test
    void aScanKeepsToItsPrefixAndItsBeginning() {
        Store<String, String> store = open("x", "parts");
        for (String key : List.of("a", "b", "b/1", "b/2", "b/3", "b0", "c", "é", "\uFFFF", "\uD83D\uDE00")) {
            store.put(key, key);
        }

        assertEquals(List.of("b", "b/1", "b/2", "b/3", "b0"), keys(store, Scan.prefix("b"), 2));
        assertEquals(List.of("b/1", "b/2", "b/3"), keys(store, Scan.prefix("b/"), 2));
        assertEquals(List.of("b/2", "b/3"), keys(store, Scan.prefix("b/").from("b/2"), 1));
        assertEquals(List.of("b/3"), keys(store, Scan.prefix("b/").after("b/2"), 1));
        assertEquals(List.of("b/1", "b/2", "b/3"), keys(store, Scan.prefix("b/").from("a"), 10));
        assertEquals(List.of(), keys(store, Scan.prefix("b/").from("c"), 10));
        assertEquals(
                List.of("c", "é", "\uFFFF", "\uD83D\uDE00"),
                keys(store, Scan.<String>all().from("c"), 10));
        assertEquals(List.of(), keys(store, Scan.prefix("d"), 10));
    }

    @Test
    void keysThatComeAndGoAfterTheFirstScanAreSeenInTime() {
        Store<String, String> store = open("a", "changes");
        assertEquals(List.of(), keys(open("b", "changes"), Scan.all(), 10));
        for (int i = 0; i < 20; i++) {
            store.put("k" + i % 5, "v" + i);
            assertTrue(keys(open("x", "changes"), Scan.all(), 3).contains("k" + i % 5));
            assertEquals(
                    "v" + i,
                    open("c", "changes")
                            .scan(Scan.prefix("k" + i % 5), 1)
                            .entries()
                            .get("k" + i % 5));
            store.delete("k" + (i + 3) % 5);
            assertTrue(!keys(open("b", "changes"), Scan.all(), 3).contains("k" + (i + 3) % 5));
        }
    }

    @Test
    void largeValuesEndAPageEarly() {
        Store<String, String> store = open("x", "large");
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            keys.add("k" + i);
            store.put("k" + i, "v".repeat(i == 5 ? 1 << 20 : 100_000));
        }

        Page<String, String> page = store.scan(Scan.all(), 100);

        assertTrue(page.entries().size() < 5, () -> page.entries().size() + " entries");
        assertNotNull(page.next());
        assertEquals(keys, keys(store, Scan.all(), 100));
    }

    @Test
    void aScanNeedsAMajorityAndSeesWhatAReplicaHasMissed(@TempDir Path directory) {
        try (LocalCluster own = LocalCluster.in(directory)) {
            own.startAll().client("x");
            Store<String, String> store = own.node("x").store("s", Codec.utf8(), Codec.utf8(), Consistency.strong());
            store.put("k1", "old");
            store.put("k2", "gone");
            own.close("c");
            store.put("k1", "new");
            store.delete("k2");
            store.put("k3", "new");
            own.start("c");
            own.close("a");
            Await.until("two replicas vote", () -> own.voting() == 2);

            assertEquals(
                    Map.of("k1", "new", "k3", "new"), store.scan(Scan.all(), 10).entries());

            own.close("c");
            Store<String, String> hasty = store.withTimeout(Duration.ofMillis(100));
            assertThrows(QuorumUnavailableException.class, () -> hasty.scan(Scan.all(), 10));
        }
    }

    @Test
    void scansThatCannotBeAreRefused() {
        Store<String, String> store = open("x", "misuse");
        assertSays(NullPointerException.class, "scan must not be null", () -> store.scan(null, 1));
        assertSays(NullPointerException.class, "prefix must not be null", () -> Scan.prefix(null));
        assertSays(
                NullPointerException.class,
                "from must not be null",
                () -> Scan.all().from(null));
        assertSays(
                NullPointerException.class,
                "after must not be null",
                () -> Scan.all().after(null));
        assertSays(IllegalArgumentException.class, "limit 0 is not within 1 to 1000", () -> store.scan(Scan.all(), 0));
        assertSays(
                IllegalArgumentException.class,
                "limit 1001 is not within 1 to 1000",
                () -> store.scan(Scan.all(), 1001));
        assertSays(IllegalArgumentException.class, "every key", () -> store.scan(Scan.prefix(""), 1));
        assertSays(
                IllegalStateException.class,
                "begins from k already",
                () -> Scan.<String>all().from("k").after("l"));
        CompletionException failed = assertThrows(
                CompletionException.class,
                () -> store.async().scan(Scan.all(), 0).join());
        assertInstanceOf(IllegalArgumentException.class, failed.getCause());

        Store<String, String> eventual =
                cluster.node("x").store("weak", Codec.utf8(), Codec.utf8(), Consistency.eventual());
        assertSays(UnsupportedOperationException.class, "Consistency.strong()", () -> eventual.scan(Scan.all(), 1));
        assertNull(store.scan(Scan.all(), 1).next());
    }

    private static void assertSays(Class<? extends Throwable> type, String text, Executable misuse) {
        Throwable thrown = assertThrows(type, misuse);
        assertTrue(String.valueOf(thrown.getMessage()).contains(text), thrown.getMessage());
    }
}
