package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.replication.PolicyMismatchException;
import io.coterie.rpc.codec.Codec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Waiting for a whole cluster: what holds from then on, and who is missing until then. */
class ReadinessTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private static LocalCluster cluster() {
        return LocalCluster.inMemory().with(builder -> builder.operationTimeout(LONG));
    }

    @Test
    void operationsSurviveAFailureOnceAllAreReady() {
        for (int round = 0; round < 25; round++) {
            try (LocalCluster cluster = cluster()) {
                cluster.start("a", "b", "c");
                Counters<String> counters = cluster.node("a").counters("n", Codec.utf8());
                cluster.node("a").awaitReady(LONG);
                assertEquals(1, counters.addAndGet("x", 1));

                cluster.close("c");

                assertEquals(2, counters.addAndGet("x", 1));
            }
        }
    }

    @Test
    void allReplicasAreWaitedForAndTheStoresOfThisNode(@TempDir Path directory) {
        try (LocalCluster cluster = LocalCluster.in(directory)
                .with(builder -> builder.operationTimeout(LONG))
                .startAll()) {
            cluster.close("a", "c");
            cluster.start("a");
            Coterie a = cluster.node("a");
            Store<String, String> store = a.store("texts", Codec.utf8(), Codec.utf8(), Consistency.strong());
            store.awaitReady(LONG);

            NotReadyException notReady =
                    assertThrows(NotReadyException.class, () -> a.awaitReady(Duration.ofMillis(300)));
            assertTrue(notReady.getMessage().startsWith("not all replicas vote: "), notReady.getMessage());
            assertTrue(notReady.getMessage().contains("c=not connected: "), notReady.getMessage());
            String risk =
                    "these replicas have not voted since this node was started: [c]; until all replicas have registered";
            Await.until("status warns", () -> a.status().warnings().toString().contains(risk));
            CompletableFuture<Void> ready = a.readyAsync();
            assertFalse(ready.isDone());

            cluster.start("c");

            a.awaitReady(LONG);
            ready.join();
            assertFalse(
                    a.status().toString().contains("have not voted"),
                    () -> a.status().toString());
        }
    }

    @Test
    void aStoreOfAnotherPolicyIsThrown() {
        try (LocalCluster cluster = cluster()) {
            cluster.start("a", "b", "c");
            cluster.node("a")
                    .store("texts", Codec.utf8(), Codec.utf8(), Consistency.strong())
                    .awaitReady(LONG);
            Coterie b = cluster.node("b");
            assertEquals(
                    "texts",
                    b.store("texts", Codec.utf8(), Codec.utf8(), Consistency.eventual())
                            .name());
            assertThrows(PolicyMismatchException.class, () -> b.awaitReady(LONG));
        }
    }
}
