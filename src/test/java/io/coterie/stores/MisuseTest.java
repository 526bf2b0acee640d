package io.coterie.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.AsyncStore;
import io.coterie.CodecFailedException;
import io.coterie.Coterie;
import io.coterie.Counters;
import io.coterie.Store;
import io.coterie.ValueTooLargeException;
import io.coterie.WaitInterruptedException;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.replication.PolicyMismatchException;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.error.OverloadedException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What operations refuse, what they say then, and that the node goes on serving. */
class MisuseTest {
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final LocalCluster cluster = LocalCluster.inMemory();

    @BeforeAll
    static void start() {
        cluster.startAll();
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    @AfterEach
    void everyNodeGoesOnServing() {
        for (Coterie node : cluster.nodes()) {
            Store<String, String> store = texts(node, "sound");
            store.put("k", "v");
            assertEquals("v", store.get("k"));
        }
    }

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
    void nullsFailTheFutureOfTheAsynchronousFace() {
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
    void aCodecThatCannotWriteChangesNothing() {
        Store<String, String> store =
                cluster.node("a").store("unwritable", Codec.utf8(), new Broken(true, false), Consistency.strong());
        CodecFailedException failure =
                assertSays(CodecFailedException.class, "could not write a value", () -> store.put("k", "v"));
        assertFalse(failure.maybeExecuted());
        assertEquals(
                "the codec's own", Objects.requireNonNull(failure.getCause()).getMessage());
        CodecFailedException updated = assertThrows(CodecFailedException.class, () -> store.update("k", before -> "v"));
        assertFalse(updated.maybeExecuted());
        assertNull(store.get("k"));
    }

    @Test
    void aCodecThatCannotReadSaysSo() {
        texts(cluster.node("b"), "unreadable").put("k", "v");
        Store<String, String> store =
                cluster.node("a").store("unreadable", Codec.utf8(), new Broken(false, true), Consistency.strong());
        CodecFailedException failure =
                assertSays(CodecFailedException.class, "could not read a value of 1 bytes", () -> store.get("k"));
        assertFalse(failure.maybeExecuted(), "a read changes nothing");
        CodecFailedException updated =
                assertThrows(CodecFailedException.class, () -> store.update("k", before -> before + "!"));
        assertFalse(updated.maybeExecuted(), "the function did not run");
        assertEquals("v", texts(cluster.node("b"), "unreadable").get("k"));
        CodecFailedException blind =
                assertThrows(CodecFailedException.class, () -> store.update("absent", before -> "w"));
        assertTrue(blind.maybeExecuted(), "only the answer could not be read");
        assertEquals("w", texts(cluster.node("b"), "unreadable").get("absent"));
    }

    @Test
    void aCodecThatDiesOfAnErrorEndsItsOperationToo() {
        texts(cluster.node("b"), "deadly").put("k", "v");
        Store<String, String> store = cluster.node("a")
                .store(
                        "deadly",
                        Codec.utf8(),
                        new Codec<String>() {
                            @Override
                            public void encode(String value, ByteWriter out) {
                                throw new StackOverflowError();
                            }

                            @Override
                            public String decode(ByteBuffer in) {
                                throw new StackOverflowError();
                            }
                        },
                        Consistency.strong());
        assertThrows(StackOverflowError.class, () -> store.get("k"));
        assertThrows(StackOverflowError.class, () -> store.put("k", "v"));
    }

    @Test
    void aCounterReadsNoText() {
        texts(cluster.node("a"), "mixed").put("k", "not a number");
        Counters<String> counters = cluster.node("a").counters("mixed", Codec.utf8());
        CodecFailedException read = assertThrows(CodecFailedException.class, () -> counters.get("k"));
        assertFalse(read.maybeExecuted());
        assertSays(IllegalStateException.class, "is no counter", () -> counters.addAndGet("k", 1));
        assertEquals("not a number", texts(cluster.node("a"), "mixed").get("k"));
    }

    @Test
    void whatAFunctionThrowsReachesItsCallerAndChangesNothing() {
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
            String said = String.valueOf(refusal.getMessage());
            assertTrue(said.contains("recursive") && said.contains("\"recursive\""), said);
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
    void aFunctionThatHasAnotherThreadChangeItsKeyIsToldThatItWaitsForItself() {
        Store<String, String> store = texts(cluster.node("a"), "handed over").withTimeout(Duration.ofMinutes(1));
        Store<String, String> brief = store.withTimeout(Duration.ofSeconds(1));

        RuntimeException inner = assertThrows(
                RuntimeException.class,
                () -> store.update("k", before -> onAnotherThread(() -> brief.update("k", value -> "w"))));
        String said = String.valueOf(inner.getMessage());
        assertTrue(
                said.contains(
                        "waited for the function of another update of its key at this node, which did not return"),
                said);
        assertTrue(said.contains("be it by another thread, waits for itself"), said);

        RuntimeException outer = assertThrows(
                RuntimeException.class,
                () -> brief.update("k", before -> onAnotherThread(() -> store.update("k", value -> "w"))));
        said = String.valueOf(outer.getMessage());
        assertTrue(said.contains("called its function, which did not return in time, within"), said);
        assertTrue(said.contains("be it by another thread, waits for itself"), said);
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

    @Test
    void aBlockingCallOnTheLoopIsRefusedAtOnce() {
        Store<String, String> store = texts(cluster.node("a"), "loop");
        CountDownLatch chained = new CountDownLatch(1);
        CompletableFuture<String> end = store.async()
                .update("k", before -> {
                    awaitUninterruptibly(chained);
                    return "v";
                })
                .thenApply(value -> {
                    store.put("k", "w");
                    return value;
                });
        chained.countDown();

        CompletionException thrown = assertThrows(CompletionException.class, end::join);

        IllegalStateException refusal = (IllegalStateException) Objects.requireNonNull(thrown.getCause());
        assertTrue(String.valueOf(refusal.getMessage()).contains("use async()"), refusal.getMessage());
        assertEquals("v", store.get("k"), "what was refused is not done all the same");
    }

    @Test
    void anInterruptEndsTheWaitOfAReadThatNobodyAnswers() {
        try (Coterie lonely = Coterie.builder()
                .cluster("lonely")
                .client("x")
                .replica("a", "127.0.0.1:" + LocalCluster.freePort())
                .operationTimeout(Duration.ofMinutes(5))
                .start()) {
            Store<String, String> store = texts(lonely, "interrupts");

            Thread.currentThread().interrupt();
            WaitInterruptedException read = assertThrows(WaitInterruptedException.class, () -> store.get("k"));

            assertTrue(Thread.interrupted());
            assertFalse(read.maybeExecuted());
        }
    }

    @Test
    void anInterruptEndsTheWaitAndStaysSet() throws Exception {
        Store<String, String> store = texts(cluster.node("a"), "interrupts");
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<CoterieException> thrown = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                store.update("k", before -> {
                    running.countDown();
                    awaitUninterruptibly(release);
                    return "v";
                });
                thrown.complete(null);
            } catch (CoterieException e) {
                thrown.complete(Thread.currentThread().isInterrupted() ? e : null);
            }
        });
        caller.start();
        assertTrue(running.await(60, TimeUnit.SECONDS));

        caller.interrupt();

        CoterieException change = thrown.get(60, TimeUnit.SECONDS);
        assertEquals(WaitInterruptedException.class, change.getClass());
        assertTrue(change.maybeExecuted());
        release.countDown();
        Await.until("the change goes on", () -> "v".equals(store.get("k")));
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
            List<CompletableFuture<String>> underWay = new ArrayList<>();
            for (String key : List.of("k1", "k2")) {
                underWay.add(store.async().update(key, before -> {
                    running.countDown();
                    awaitUninterruptibly(release);
                    return "v";
                }));
            }
            awaitUninterruptibly(running);
            underWay.get(1).cancel(false);

            OverloadedException refusal = assertSays(
                    OverloadedException.class,
                    "2 operations in flight at this node, the setting of maxOperations",
                    () -> store.put("k3", "v"));
            assertFalse(refusal.maybeExecuted());
            CompletableFuture<String> refused = store.async().get("k3");
            assertTrue(refused.isCompletedExceptionally(), "at once, without waiting for the loop");
            release.countDown();
            underWay.get(0).join();

            Await.until(
                    "the cancelled one has ended too",
                    () -> "v".equals(texts(cluster.node("a"), "bounded").get("k2")));
            for (int i = 0; i < 5; i++) {
                store.put("k" + i, "w");
            }
        }
    }

    @Test
    void aBlockingCallDecodesOnItsOwnThread() {
        Set<String> decoders = ConcurrentHashMap.newKeySet();
        Codec<String> watched = new Codec<>() {
            @Override
            public void encode(String value, ByteWriter out) {
                Codec.utf8().encode(value, out);
            }

            @Override
            public String decode(ByteBuffer in) {
                decoders.add(Thread.currentThread().getName());
                return Codec.utf8().decode(in);
            }
        };
        Store<String, String> store = cluster.node("a").store("decoders", Codec.utf8(), watched, Consistency.strong());
        store.put("k", "v");
        store.get("k");
        store.update("new", before -> "v");

        assertEquals(Set.of(Thread.currentThread().getName()), decoders);
    }

    @Test
    void aFailureShowsWhereTheOperationWasCalled() {
        try (Coterie client = Coterie.builder()
                .cluster("test")
                .client("y")
                .replica("z", "127.0.0.1:" + LocalCluster.freePort())
                .operationTimeout(Duration.ofMillis(50))
                .start()) {
            CoterieException failure = assertThrows(CoterieException.class, () -> putInto(texts(client, "away")));
            assertTrue(
                    Arrays.stream(failure.getSuppressed()[0].getStackTrace())
                            .anyMatch(frame -> frame.getMethodName().equals("putInto")),
                    "the stack trace of the loop alone tells a user nothing");
        }
    }

    private static void putInto(Store<String, String> store) {
        store.put("k", "v");
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private record Broken(boolean writing, boolean reading) implements Codec<String> {
        @Override
        public void encode(String value, ByteWriter out) {
            if (writing) {
                throw new IllegalArgumentException("the codec's own");
            }
            Codec.utf8().encode(value, out);
        }

        @Override
        public String decode(ByteBuffer in) {
            if (reading) {
                throw new IllegalArgumentException("the codec's own");
            }
            return Codec.utf8().decode(in);
        }
    }
}
