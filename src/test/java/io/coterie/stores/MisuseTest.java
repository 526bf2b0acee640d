package io.coterie.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.AsyncStore;
import io.coterie.CodecFailedException;
import io.coterie.Coterie;
import io.coterie.Counters;
import io.coterie.Store;
import io.coterie.ValueTooLargeException;
import io.coterie.cluster.Await;
import io.coterie.cluster.ServingCluster;
import io.coterie.consistency.Consistency;
import io.coterie.replication.PolicyMismatchException;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.OverloadedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

/** Misuse of operations is refused, with a text that says why, and the node continues to serve. */
class MisuseTest {
    private static final Duration WAIT = Duration.ofSeconds(30);

    @RegisterExtension
    static final ServingCluster cluster = new ServingCluster();

    private static Store<String, String> texts(Coterie node, String name) {
        return node.store(name, Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    private static Store<String, String> weakTexts(Coterie node, String name) {
        return node.store(name, Codec.utf8(), Codec.utf8(), Consistency.eventual());
    }

    private static <T extends Throwable> T assertSays(Class<T> type, String text, Executable misuse) {
        T thrown = assertThrows(type, misuse);
        assertTrue(String.valueOf(thrown.getMessage()).contains(text), thrown.getMessage());
        return thrown;
    }

    @Test
    void textsThatWouldBecomeOneAreRefused() {
        Coterie a = cluster.node("a");
        Store<String, String> store = texts(a, "texts");
        store.put("?", "v");
        for (String half : List.of("\uD83D", "\uDE00")) {
            String why = "half of a surrogate pair";
            assertSays(CodecFailedException.class, why, () -> store.put(half, "w"));
            assertSays(CodecFailedException.class, why, () -> store.put("k", half));
            assertSays(CodecFailedException.class, why, () -> store.get(half));
            assertSays(CodecFailedException.class, why, () -> store.getAll(List.of("k", half)));
            assertSays(CodecFailedException.class, why, () -> store.delete(half));
            assertSays(CodecFailedException.class, why, () -> store.compareAndSet("?", half, "w"));
            assertSays(
                    CodecFailedException.class,
                    why,
                    () -> a.counters("counters", Codec.utf8()).addAndGet(half, 1));
            assertSays(IllegalArgumentException.class, why, () -> texts(a, half));
        }
        assertEquals("v", store.get("?"));
        assertNull(store.get("k"));
    }

    @Test
    void nullKeysAndValuesAreRefused() {
        Store<String, String> store = texts(cluster.node("a"), "nulls");
        assertSays(NullPointerException.class, "key must not be null", () -> store.get(null));
        assertSays(NullPointerException.class, "key must not be null", () -> store.delete(null));
        assertSays(NullPointerException.class, "value must not be null", () -> store.put("k", null));
        assertSays(NullPointerException.class, "value must not be null", () -> store.putIfAbsent("k", null));
        assertSays(NullPointerException.class, "value must not be null", () -> store.compareAndSet("k", null, "v"));
        assertSays(NullPointerException.class, "value must not be null", () -> store.compareAndSet("k", "v", null));
        assertSays(NullPointerException.class, "change must not be null", () -> store.update("k", null));
        assertNull(store.get("k"));
    }

    @Test
    void nullsFailTheFutureOfTheAsyncView() {
        AsyncStore<String, String> store = texts(cluster.node("a"), "nulls").async();
        CompletionException thrown = assertThrows(
                CompletionException.class, () -> store.put("k", null).join());
        assertEquals(
                NullPointerException.class,
                Objects.requireNonNull(thrown.getCause()).getClass());
    }

    @Test
    void aStoreNeedsItsParts() {
        Coterie a = cluster.node("a");
        Codec<String> utf8 = Codec.utf8();
        assertSays(
                NullPointerException.class,
                "name of the store must not be null",
                () -> a.store(null, utf8, utf8, Consistency.strong()));
        assertSays(
                NullPointerException.class,
                "key codec must not be null",
                () -> a.store("s", null, utf8, Consistency.strong()));
        assertSays(
                NullPointerException.class,
                "value codec must not be null",
                () -> a.store("s", utf8, null, Consistency.strong()));
        assertSays(NullPointerException.class, "policy must not be null", () -> a.store("s", utf8, utf8, null));
        assertSays(
                IllegalArgumentException.class,
                "store name \"\" must have 1 to 128 characters",
                () -> a.store("", utf8, utf8, Consistency.strong()));
    }

    @Test
    void aStoreNameWithACharacterThatDoesNotShowIsRefusedEachTime() {
        for (int i = 0; i < 2; i++) {
            assertSays(
                    IllegalArgumentException.class,
                    "store name \"a\\u000ab\" has an invisible character, \\u000a: leave out control characters",
                    () -> texts(cluster.node("a"), "a\nb"));
            assertSays(
                    IllegalArgumentException.class,
                    "store name \"\\u202eb\" has an invisible character, \\u202e",
                    () -> weakTexts(cluster.node("a"), "\u202eb"));
        }
    }

    @Test
    void keysAndValuesOverTheirLimitsAreRefused() {
        Store<byte[], byte[]> store =
                cluster.node("a").store("sizes", Codec.bytes(), Codec.bytes(), Consistency.strong());
        byte[] key = new byte[4 << 10];
        byte[] value = new byte[1 << 20];

        store.put(key, value);

        assertEquals(value.length, Objects.requireNonNull(store.get(key)).length);
        ValueTooLargeException large = assertSays(
                ValueTooLargeException.class,
                "the value has more than 1048576 bytes",
                () -> store.put(key, new byte[value.length + 1]));
        assertTrue(large.getMessage().contains("maxValueBytes"), large.getMessage());
        assertFalse(large.maybeExecuted());
        assertSays(
                ValueTooLargeException.class,
                "the key has more than 4096 bytes",
                () -> store.get(new byte[key.length + 1]));
        ValueTooLargeException updated = assertThrows(
                ValueTooLargeException.class, () -> store.update(key, before -> new byte[value.length + 1]));
        assertFalse(updated.maybeExecuted());
        assertTrue(Arrays.equals(value, store.get(key)), "nothing was changed");
    }

    @Test
    void aStoreHasOnePolicyAtAllNodes() {
        Coterie a = cluster.node("a");
        texts(a, "strong").awaitReady(WAIT);
        weakTexts(cluster.node("b"), "weak").awaitReady(WAIT);

        assertSays(
                PolicyMismatchException.class,
                "open with policy \"strong\" at this node",
                () -> weakTexts(a, "strong"));
        for (Coterie other : List.of(cluster.node("b"), cluster.node("c"))) {
            Store<String, String> refused = weakTexts(other, "strong");
            for (int i = 0; i < 2; i++) {
                assertSays(
                        PolicyMismatchException.class,
                        "store \"strong\" is recorded with policy \"strong\", not \"eventual\"",
                        () -> refused.put("k", "v"));
            }
            assertThrows(PolicyMismatchException.class, () -> refused.awaitReady(WAIT));
        }
        Counters<String> counters = a.counters("weak", Codec.utf8());
        assertThrows(PolicyMismatchException.class, () -> counters.get("k"));
        assertThrows(PolicyMismatchException.class, () -> texts(a, "weak").watch("k", change -> {}));
        Store<String, String> right = texts(cluster.node("b"), "strong");
        right.put("k", "v");
        assertEquals("v", right.get("k"), "the refused attempt has spoilt nothing");
    }

    @Test
    void readsCannotBeMadeStronger() {
        Store<String, String> store =
                cluster.node("a").store("eventual", Codec.utf8(), Codec.utf8(), Consistency.eventual());
        assertSays(
                IllegalArgumentException.class,
                "cannot be read as \"strong\"",
                () -> store.withReadConsistency(Consistency.strong()));
    }

    @Test
    void textIsNotReadAsACounter() {
        texts(cluster.node("a"), "mixed").put("k", "not a number");
        Counters<String> counters = cluster.node("a").counters("mixed", Codec.utf8());
        CodecFailedException read = assertThrows(CodecFailedException.class, () -> counters.get("k"));
        assertFalse(read.maybeExecuted());
        assertSays(IllegalStateException.class, "is no counter", () -> counters.addAndGet("k", 1));
        assertEquals("not a number", texts(cluster.node("a"), "mixed").get("k"));
    }

    @Test
    void anExecutorThatTakesNoMoreFailsUpdatesAtOnce() {
        try (Coterie client = cluster.builder("x")
                .executor(task -> {
                    throw new RejectedExecutionException("full");
                })
                .start()) {
            Store<String, String> store = texts(client, "rejected");
            OverloadedException refusal = assertSays(
                    OverloadedException.class,
                    "the executor takes no more functions: full; let them return sooner",
                    () -> store.update("k", before -> "v"));
            assertFalse(refusal.maybeExecuted());
            store.put("k", "w");
            assertEquals("w", store.get("k"));
        }
    }

    @Test
    void operationsPastTheBoundAreRefusedUntilOthersEnd() {
        try (Coterie client = cluster.builder("x").maxOperations(2).start()) {
            Store<String, String> store = texts(client, "bounded");
            CountDownLatch running = new CountDownLatch(2);
            CountDownLatch release = new CountDownLatch(1);
            List<CompletableFuture<String>> inFlight = new ArrayList<>();
            for (String key : List.of("k1", "k2")) {
                inFlight.add(store.async().update(key, before -> {
                    running.countDown();
                    awaitUninterruptibly(release);
                    return "v";
                }));
            }
            awaitUninterruptibly(running);
            inFlight.get(1).cancel(false);

            OverloadedException refusal = assertSays(
                    OverloadedException.class,
                    "2 operations in flight at this node, the setting of maxOperations",
                    () -> store.put("k3", "v"));
            assertFalse(refusal.maybeExecuted());
            CompletableFuture<String> refused = store.async().get("k3");
            assertTrue(refused.isCompletedExceptionally(), "at once, without waiting for the loop");
            release.countDown();
            inFlight.get(0).join();

            Await.until(
                    "the cancelled one has ended too",
                    () -> "v".equals(texts(cluster.node("a"), "bounded").get("k2")));
            for (int i = 0; i < 5; i++) {
                store.put("k" + i, "w");
            }
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
