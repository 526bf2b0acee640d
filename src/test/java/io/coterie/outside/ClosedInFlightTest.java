package io.coterie.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Coterie;
import io.coterie.CoterieBuilder;
import io.coterie.Store;
import io.coterie.cluster.Await;
import io.coterie.consistency.Consistency;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.NodeClosedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A node is closed while its requests are in flight: its operations report whether they may be
 * applied, and they are.
 */
class ClosedInFlightTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final InMemoryNetwork network = new InMemoryNetwork();

    private CoterieBuilder builder(String name) {
        return Coterie.builder()
                .cluster("on-the-way")
                .replicas("a", "b", "c")
                .transport(network.transportOf(name))
                .operationTimeout(LONG);
    }

    private Coterie replica(String name) {
        return builder(name).self(name).start();
    }

    private static Store<String, String> strong(Coterie node) {
        return node.store("strong", Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    private static Store<String, String> weak(Coterie node) {
        return node.store("weak", Codec.utf8(), Codec.utf8(), Consistency.eventual());
    }

    @Test
    @SuppressWarnings("try")
    void proposedWritesMayBeAppliedAndUnproposedOnesAreNot() {
        try (Coterie a = replica("a");
                Coterie b = replica("b");
                Coterie c = replica("c");
                Coterie x = builder("x").client("x").start()) {
            strong(x).put("held", "v");
            weak(x).put("k", "v");
            network.hold("x");
            CompletableFuture<?> asking = strong(x).async().put("new", "w");
            CompletableFuture<?> proposed = strong(x).async().put("held", "w");
            CompletableFuture<?> weakWrite = weak(x).async().put("k", "w");
            // It waits for answers, which do not come: by its end all that began before it has
            // left.
            assertEquals(3, x.status(Duration.ofMillis(100)).replicas().size());
            assertFalse(asking.isDone() || proposed.isDone() || weakWrite.isDone());

            x.close();

            assertFalse(failure(asking).maybeExecuted(), "nothing but a question was sent");
            assertTrue(failure(proposed).maybeExecuted());
            assertTrue(failure(weakWrite).maybeExecuted());
            network.release();
            Await.until("the put arrived", () -> "w".equals(strong(a).get("held")));
            Await.until("the weak put arrived", () -> "w".equals(weak(b).get("k")));
            assertNull(strong(c).get("new"));
        }
    }

    private static NodeClosedException failure(CompletableFuture<?> operation) {
        CompletionException failure = assertThrows(
                CompletionException.class,
                () -> operation.orTimeout(60, TimeUnit.SECONDS).join());
        return assertInstanceOf(NodeClosedException.class, failure.getCause());
    }
}
