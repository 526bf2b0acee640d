package io.coterie.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Coterie;
import io.coterie.Store;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.rpc.codec.Codec;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Eventual stores of three replicas and a client over TCP. */
class EventualStoreTest {
    private static Store<String, String> open(Coterie node) {
        return node.store("values", Codec.utf8(), Codec.utf8(), Consistency.eventual());
    }

    @Test
    void allNodesSeeAWriteInTime() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            cluster.client("x");
            for (Coterie writer : cluster.nodes()) {
                String value = "of " + writer.self();
                open(writer).put("k", value);
                awaitEverywhere(cluster, "k", value);
            }
            open(cluster.node("x")).async().delete("k").join();
            awaitEverywhere(cluster, "k", null);
            assertNull(open(cluster.node("a")).async().get("never").join());
        }
    }

    @Test
    void conditionalOperationsAreRefused() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            Store<String, String> store = open(cluster.node("a"));
            for (Executable operation : new Executable[] {
                () -> store.putIfAbsent("k", "v"),
                () -> store.compareAndSet("k", "v", "w"),
                () -> store.update("k", value -> "v")
            }) {
                UnsupportedOperationException refusal = assertThrows(UnsupportedOperationException.class, operation);
                assertTrue(refusal.getMessage().contains("Open the store with Consistency.strong()"));
            }
            CompletionException refusal = assertThrows(
                    CompletionException.class,
                    () -> store.async().putIfAbsent("k", "v").join());
            assertEquals(
                    UnsupportedOperationException.class,
                    Objects.requireNonNull(refusal.getCause()).getClass());
            assertNull(store.get("k"));
        }
    }

    @Test
    void oneReplicaIsEnoughToReadAndWrite() {
        try (LocalCluster cluster = LocalCluster.inMemory()) {
            cluster.start("a");
            Store<String, String> store = open(cluster.node("a"));

            store.put("k", "v");

            assertEquals("v", store.get("k"));
            assertEquals("v", open(cluster.client("x")).get("k"));
        }
    }

    @Test
    void aReplicaThatMissedAWriteGetsItByAReadOfAnotherNode() {
        // Short, so that the write is no longer in flight when the replica comes back.
        try (LocalCluster cluster = LocalCluster.inMemory()
                .with(builder -> builder.operationTimeout(Duration.ofSeconds(2)))
                .startAll()) {
            Store<String, String> atA = open(cluster.node("a"));
            atA.put("k", "old");
            cluster.close("c");
            atA.put("k", "new");
            Await.pass(Duration.ofMillis(2100)); // The write is given up.
            cluster.start("c");
            Await.until(
                    "c is there",
                    () -> cluster.node("a").status().replicas().get(2).state() != null);
            assertNull(open(cluster.node("c")).get("k"), "its own copy answers first, and is gone");

            Await.until("a read of a repairs c", () -> {
                atA.get("k");
                return "new".equals(open(cluster.node("c")).get("k"));
            });
        }
    }

    private static void awaitEverywhere(LocalCluster cluster, String key, String value) {
        for (Coterie node : cluster.nodes()) {
            Store<String, String> store = open(node);
            Await.until(node.self() + " sees " + value, () -> Objects.equals(value, store.get(key)));
        }
    }
}
