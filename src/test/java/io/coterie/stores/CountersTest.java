package io.coterie.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.AsyncCounters;
import io.coterie.Coterie;
import io.coterie.Counters;
import io.coterie.Store;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.error.NodeClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Counters as callers on real nodes see them. */
class CountersTest {
    private static final LocalCluster cluster = LocalCluster.inMemory();

    @BeforeAll
    static void start() {
        cluster.startAll();
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    private static Counters<String> at(String node) {
        return cluster.node(node).counters("counters", Codec.utf8());
    }

    @Test
    void aCounterCounts() {
        Counters<String> atA = at("a");
        Counters<String> atB = at("b");
        assertEquals(0, atA.get("hits"));
        assertFalse(atA.compareAndSet("hits", 1, 2));
        assertTrue(atA.compareAndSet("hits", 0, 5));
        assertFalse(atB.compareAndSet("hits", 0, 7));
        assertEquals(3, atB.addAndGet("hits", -2));
        assertEquals(0, atB.async().addAndGet("hits", -3).join());
        assertTrue(atA.async().compareAndSet("hits", 0, 1).join());
        assertFalse(atB.async().compareAndSet("hits", 0, 9).join());
        assertEquals(1, atB.async().get("hits").join());
        atA.delete("hits");
        assertEquals(0, atB.get("hits"));
        assertTrue(atB.async().compareAndSet("hits", 0, 4).join());
        assertEquals(4, atA.get("hits"));
        atA.async().delete("hits").join();
        assertEquals(0, atB.get("hits"));
    }

    @Test
    void aDeletedCounterHasNoRecord() {
        Counters<String> counters = at("a");
        Store<String, Long> records =
                cluster.node("a").store("counters", Codec.utf8(), Codec.int64(), Consistency.strong());
        assertTrue(counters.compareAndSet("deleted", 0, 0));
        assertEquals(0L, records.get("deleted"));
        counters.delete("deleted");
        assertEquals(null, records.get("deleted"));
    }

    @Test
    void oneComparisonWithZeroWinsAfterEachDeletion() {
        Counters<String> atA = at("a");
        AsyncCounters<String> atB = at("b").async();
        int sets = 0;
        for (int i = 0; i < 50; i++) {
            List<CompletableFuture<Boolean>> attempts = new ArrayList<>();
            for (int j = 0; j < 4; j++) {
                attempts.add(atB.compareAndSet("raced", 0, 1));
            }
            boolean deleting = i % 2 == 0;
            if (deleting) {
                atA.delete("raced");
            }
            long set = attempts.stream().filter(CompletableFuture::join).count();
            // Each deletion makes room for one more.
            assertTrue(set <= (deleting ? 2 : 1), "" + set);
            sets += set > 0 ? 1 : 0;
            atA.delete("raced");
        }
        assertEquals(50, sets, "one of those that compare at the same time sets it");
    }

    @Test
    void nullsAreRefused() {
        Counters<String> counters = at("a");
        for (Runnable misuse : List.<Runnable>of(
                () -> counters.get(null),
                () -> counters.addAndGet(null, 1),
                () -> counters.compareAndSet(null, 0, 1),
                () -> counters.compareAndSet(null, 1, 2),
                () -> counters.delete(null))) {
            NullPointerException thrown = assertThrows(NullPointerException.class, misuse::run);
            assertEquals("key must not be null", thrown.getMessage());
        }
        assertTrue(counters.async().compareAndSet(null, 0, 1).isCompletedExceptionally());
        assertTrue(counters.async().delete(null).isCompletedExceptionally());
    }

    @Test
    void aClosedNodeRefusesEverything() {
        Coterie gone = cluster.builder("gone").start();
        Counters<String> counters = gone.counters("counters", Codec.utf8());
        gone.close();
        assertThrows(NodeClosedException.class, () -> counters.get("k"));
        assertThrows(NodeClosedException.class, () -> counters.addAndGet("k", 1));
        assertThrows(NodeClosedException.class, () -> counters.compareAndSet("k", 0, 1));
        assertThrows(NodeClosedException.class, () -> counters.delete("k"));
    }

    @Test
    void anOperationEndsInItsTime() {
        try (LocalCluster lone = LocalCluster.inMemory()) {
            lone.start("a");
            Counters<String> counters =
                    lone.node("a").counters("c", Codec.utf8()).withTimeout(Duration.ofMillis(50));
            assertThrows(CoterieException.class, () -> counters.compareAndSet("k", 0, 1));
            assertTrue(
                    assertThrows(
                                            RuntimeException.class,
                                            () -> counters.async()
                                                    .compareAndSet("k", 0, 1)
                                                    .join())
                                    .getCause()
                            instanceof CoterieException);
            assertThrows(CoterieException.class, () -> counters.delete("k"));
        }
    }
}
