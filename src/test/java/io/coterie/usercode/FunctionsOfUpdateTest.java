package io.coterie.usercode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Coterie;
import io.coterie.Store;
import io.coterie.cluster.ServingCluster;
import io.coterie.consistency.Consistency;
import io.coterie.rpc.codec.Codec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Functions of updates may throw, and may use the store, but not wait for themselves. */
class FunctionsOfUpdateTest {
    @RegisterExtension
    static final ServingCluster cluster = new ServingCluster();

    private static Store<String, String> texts(Coterie node, String name) {
        return node.store(name, Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    @Test
    void anExceptionOfAFunctionReachesItsCallerAndChangesNothing() {
        Store<String, String> store = texts(cluster.node("a"), "functions");
        store.put("k", "v");
        IllegalStateException fault = new IllegalStateException("the user's own");
        AssertionError error = new AssertionError("the user's own");

        assertSame(
                fault,
                assertThrows(
                        IllegalStateException.class,
                        () -> store.update("k", before -> {
                            throw fault;
                        })));
        assertSame(
                error,
                assertThrows(
                        AssertionError.class,
                        () -> store.update("k", before -> {
                            throw error;
                        })));

        assertEquals("v", store.get("k"));
    }

    @Test
    void aFunctionMayUseTheStore() {
        Store<String, String> store = texts(cluster.node("a"), "nested");
        store.put("other", "o");
        assertEquals("o!", store.update("k", before -> store.get("other") + "!"));
    }

    @Test
    void aFunctionThatAsksForItsOwnKeyIsRefusedAtOnce() {
        Store<String, String> store = texts(cluster.node("a"), "recursive");
        store.put("k", "v");
        List<UnaryOperator<String>> recursive = List.of(
                before -> store.get("k"),
                before -> store.getAll(List.of("other", "k")).get("k"),
                before -> store.update("k", value -> value),
                before -> {
                    store.put("k", "w");
                    return "w";
                },
                before -> store.withTimeout(Duration.ofMinutes(1))
                        .async()
                        .get("k")
                        .join(),
                before -> store.update("other", value -> store.get("k")));
        for (UnaryOperator<String> function : recursive) {
            RuntimeException thrown = assertThrows(
                    RuntimeException.class,
                    () -> store.withTimeout(Duration.ofMinutes(1)).update("k", function));
            Throwable refusal = thrown instanceof CompletionException ? thrown.getCause() : thrown;
            assertTrue(refusal instanceof IllegalStateException, () -> "threw " + refusal);
            String text = String.valueOf(refusal.getMessage());
            assertTrue(text.contains("recursive") && text.contains("\"recursive\""), text);
        }
        assertEquals("v", store.get("k"));
        assertEquals(
                "v!",
                store.update(
                        "k",
                        before -> store.withReadConsistency(Consistency.eventual())
                                        .get("k") + "!"));
    }

    @Test
    void aWaitForItselfThroughAnotherThreadIsReported() {
        Store<String, String> store = texts(cluster.node("a"), "handed over").withTimeout(Duration.ofMinutes(1));
        Store<String, String> brief = store.withTimeout(Duration.ofSeconds(1));

        RuntimeException inner = assertThrows(
                RuntimeException.class,
                () -> store.update("k", before -> onAnotherThread(() -> brief.update("k", value -> "w"))));
        String text = String.valueOf(inner.getMessage());
        assertTrue(
                text.contains(
                        "waited for the function of another update of its key at this node, which did not return"),
                text);
        assertTrue(text.contains("be it by another thread, waits for itself"), text);

        RuntimeException outer = assertThrows(
                RuntimeException.class,
                () -> brief.update("k", before -> onAnotherThread(() -> store.update("k", value -> "w"))));
        text = String.valueOf(outer.getMessage());
        assertTrue(text.contains("called its function, which did not return in time, within"), text);
        assertTrue(text.contains("be it by another thread, waits for itself"), text);
    }

    private static <T> T onAnotherThread(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task).join();
    }

    @Test
    void anUpdateThatAFunctionBeganMayUseItsKeyOnceItIsOver() {
        Store<String, String> store = texts(cluster.node("a"), "begun");
        CountDownLatch over = new CountDownLatch(1);
        AtomicReference<CompletableFuture<String>> begun = new AtomicReference<>();
        store.update("k", before -> {
            begun.set(store.async().update("other", value -> {
                awaitUninterruptibly(over);
                return store.get("k");
            }));
            return "v";
        });
        over.countDown();
        assertEquals("v", begun.get().join());
    }

    @Test
    void readsDoNotWaitForAFunctionThatIsCalled() {
        Store<String, String> store = texts(cluster.node("a"), "slow").withTimeout(Duration.ofMinutes(1));
        store.put("k", "v");
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<String> slow = store.async().update("k", before -> {
            called.countDown();
            awaitUninterruptibly(release);
            return before + "!";
        });
        List<CompletableFuture<String>> queued = new ArrayList<>();
        while (called.getCount() > 0) {
            queued.add(store.async().get("k"));
            queued.forEach(CompletableFuture::join);
        }
        CompletableFuture<Void> put = store.async().put("k", "w");
        for (int i = 0; i < 10; i++) {
            assertEquals("v", store.get("k"));
            assertEquals("v", store.getAll(List.of("k")).get("k"));
        }
        assertFalse(slow.isDone() || put.isDone());
        release.countDown();
        assertEquals("v!", slow.join());
        put.join();
        assertEquals("w", store.get("k"));
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
