package io.coterie.usercode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.ApiHooks;
import io.coterie.AsyncStore;
import io.coterie.Coterie;
import io.coterie.Counters;
import io.coterie.Scan;
import io.coterie.Store;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.cluster.LogText;
import io.coterie.consistency.Consistency;
import io.coterie.coordination.Coordination;
import io.coterie.coordination.Latch;
import io.coterie.coordination.Lock;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.error.NodeClosedException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Callers of a node whose event loop is blocked by a user's code, or cannot continue. */
class HeldUpLoopTest {
    @TempDir
    Path directory;

    private static Store<String, String> texts(Coterie node) {
        return node.store("texts", Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    /**
     * Has a stage run on the node's loop; the operation before it ends only when the stage is
     * there.
     */
    private static <T> CompletableFuture<T> onLoop(Store<String, String> store, Function<String, T> stage) {
        CountDownLatch chained = new CountDownLatch(1);
        CompletableFuture<T> chain = store.async()
                .update("on loop", value -> {
                    await(chained);
                    return "v";
                })
                .thenApply(stage);
        chained.countDown();
        return chain;
    }

    private static <T> T eventually(Supplier<T> opening) {
        List<T> opened = new ArrayList<>();
        Await.until("opened", () -> {
            try {
                return opened.add(opening.get());
            } catch (CoterieException e) {
                return false;
            }
        });
        return opened.get(0);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Test
    void waitingOnTheLoopIsRefused() throws Exception {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            Coterie a = cluster.node("a");
            Store<String, String> store = texts(a);
            Lock lock = a.coordination("co").lock("l", Duration.ofSeconds(30));
            var lease = lock.tryAcquire(Duration.ofSeconds(30)).orElseThrow();
            List<Function<String, Object>> waits = List.of(
                    value -> store.async().get("other").join(),
                    value -> store.async()
                            .put("other", "w")
                            .thenApply(done -> "x")
                            .join(),
                    value -> get(store.async().get("other")),
                    value -> getInTime(store.async().delete("other")),
                    value -> store.async().getAll(List.of("k", "l")).join(),
                    value -> store.async().scan(Scan.all(), 10).join(),
                    value -> lock.async().holder().join(),
                    value -> lease.ended().join(),
                    value -> store.get("other"),
                    value -> a.status());
            for (Function<String, Object> wait : waits) {
                ExecutionException refused = assertThrows(
                        ExecutionException.class, () -> onLoop(store, wait).get(60, TimeUnit.SECONDS));
                assertInstanceOf(IllegalStateException.class, refused.getCause());
                assertTrue(refused.getCause().getMessage().contains("event loop"), refused.getMessage());
                assertEquals("v", store.get("on loop"), "the node continues");
            }
        }
    }

    private static Object get(CompletableFuture<?> future) {
        try {
            return future.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static Object getInTime(CompletableFuture<?> future) {
        try {
            return future.get(1, TimeUnit.DAYS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aCallersTimeoutEndsAtItsThreadWhateverTheLoopDoes() {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        try (LocalCluster cluster = LocalCluster.inMemory()
                .with(builder -> builder.operationTimeout(Duration.ofSeconds(30)))
                .startAll()) {
            Store<String, String> store = texts(cluster.node("a"));
            Store<String, String> weak =
                    cluster.node("a").store("weak", Codec.utf8(), Codec.utf8(), Consistency.eventual());
            store.put("k", "v");
            CompletableFuture<Void> holding = onLoop(store, value -> {
                begun.countDown();
                await(held);
                return null;
            });
            await(begun);
            Store<String, String> brief = store.withTimeout(Duration.ofMillis(100));
            Store<String, String> briefWeak = weak.withTimeout(Duration.ofMillis(100));

            assertUnavailable(() -> brief.get("k"));
            assertUnavailable(() -> brief.getAll(List.of("k", "l")));
            assertUnavailable(() -> brief.scan(Scan.all(), 10));
            assertUnavailable(() -> briefWeak.get("k"));
            assertUnknown(() -> brief.put("k", "w"));
            assertUnknown(() -> brief.update("k", value -> "x"));
            assertUnknown(() -> briefWeak.delete("k"));
            CompletionException joined = assertThrows(
                    CompletionException.class, () -> brief.async().put("k", "w").join());
            assertInstanceOf(OutcomeUnknownException.class, joined.getCause());
            held.countDown();
            holding.join();
            store.put("k", "y");
            assertEquals("y", store.get("k"));
        } finally {
            held.countDown();
        }
    }

    @Test
    void aStageEndsByTheTimeoutOfTheOperationThatItIsChainedTo() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        try (LocalCluster cluster = LocalCluster.inMemory()
                .with(builder -> builder.operationTimeout(Duration.ofSeconds(1)))
                .startAll()) {
            Store<String, String> store = texts(cluster.node("a")).withTimeout(Duration.ofMinutes(5));
            Lock lock = cluster.node("a").coordination("co").lock("l", Duration.ofSeconds(30));
            store.put("k", "v");
            CompletableFuture<Void> holding = onLoop(store, value -> {
                begun.countDown();
                await(held);
                return null;
            });
            await(begun);
            AsyncStore<String, String> brief =
                    store.withTimeout(Duration.ofMillis(100)).async();

            assertStageUnavailable(brief.get("k").thenApply(value -> value + "w"));
            assertStageUnavailable(brief.get("k").thenApply(value -> value).thenCompose(value -> brief.put("k", "w")));
            assertStageUnavailable(brief.getAll(List.of("k", "l")).thenApply(values -> values));
            assertStageUnavailable(brief.scan(Scan.all(), 10).thenApply(page -> page));
            assertStageUnavailable(brief.get("k").copy());
            assertStageUnavailable(lock.async().holder().thenApply(holder -> holder));
            assertLoopBlamed(stageFails(
                    OutcomeUnknownException.class, brief.put("k", "w").thenApply(done -> "x")));
            assertEquals(
                    "none",
                    brief.get("k").exceptionally(unavailable -> "none").get(),
                    "the stages after the operation are run");
            held.countDown();
            holding.join();
            assertEquals("v", store.async().get("k").thenApply(value -> value).join());
        } finally {
            held.countDown();
        }
    }

    @Test
    void aCallerOfAStageIsLetGoIfAnEarlierStageHoldsUpTheLoop() {
        CountDownLatch held = new CountDownLatch(1);
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            Store<String, String> store = texts(cluster.node("a")).withTimeout(Duration.ofSeconds(5));

            CompletableFuture<String> blocked = onLoop(store, value -> {
                await(held);
                return value;
            });
            assertLoopBlamed(stageFails(OutcomeUnknownException.class, blocked.thenApply(value -> value)));
            held.countDown();
        } finally {
            held.countDown();
        }
    }

    @Test
    void aStageMayTakeLongerThanTheOperationBeforeIt() {
        CountDownLatch held = new CountDownLatch(1);
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            Store<String, String> store = texts(cluster.node("a"));
            CompletableFuture<String> slow = store.async()
                    .get("k")
                    .thenApplyAsync(
                            value -> {
                                await(held);
                                return "slow";
                            },
                            executor);
            CompletableFuture<String> waiting = CompletableFuture.supplyAsync(slow::join);
            // The operation has 10 s, and the loop 2 s more.
            Await.pass(Duration.ofSeconds(15));
            held.countDown();
            assertEquals("slow", waiting.join());
        } finally {
            held.countDown();
            executor.shutdownNow();
        }
    }

    @Test
    void aCallWithoutTimeoutOfItsOwnEndsWithThatOfTheNode() {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        try (LocalCluster cluster = LocalCluster.inMemory()) {
            cluster.startAll();
            try (Coterie x =
                    cluster.bare("x").operationTimeout(Duration.ofSeconds(1)).start()) {
                Store<String, String> store = eventually(() -> texts(x));
                Coordination coordination = eventually(() -> x.coordination("co"));
                Latch latch = coordination.latch("l", 2);
                Counters<String> counters = eventually(() -> x.counters("counters", Codec.utf8()));
                AtomicBoolean reported = new AtomicBoolean();
                CompletableFuture<Void> holding = onLoop(store.withTimeout(Duration.ofMinutes(1)), value -> {
                    begun.countDown();
                    await(held);
                    return null;
                });
                await(begun);

                assertUnavailable(x::status);
                assertUnavailable(
                        () -> coordination.lock("l", Duration.ofSeconds(1)).tryAcquire(Duration.ofMillis(100)));
                assertUnknown(() -> latch.countDown("c"));
                assertUnknown(() -> counters.addAndGet("c", 1));
                assertUnavailable(() -> store.withReadConsistency(Consistency.eventual()));
                assertUnavailable(() -> store.watch("k", change -> reported.set(true)));
                assertUnavailable(() -> x.store("new", Codec.utf8(), Codec.utf8(), Consistency.strong()));
                held.countDown();
                holding.join();
                cluster.node("a")
                        .store("texts", Codec.utf8(), Codec.utf8(), Consistency.strong())
                        .put("k", "v");
                assertFalse(reported.get(), "nobody watches");
            }
        } finally {
            held.countDown();
        }
    }

    @Test
    void aDirectoryThatTakesLongToReadIsNotTakenForAUserWhoHoldsUpTheLoop() {
        try (LogText log = new LogText();
                LocalCluster cluster = LocalCluster.inMemory().with(builder -> builder.storage(new SlowStorage()))) {
            cluster.start("a");
            assertFalse(log.contains("blocked for"), log.toString());
        }
    }

    /** Takes as long to open as one that has a lot to read. */
    private static final class SlowStorage implements Storage {
        private static final Duration OPENING = Duration.ofSeconds(3);

        @Override
        public Journal open(
                NodeId self, World world, Consumer<ByteBuffer> recovered, Consumer<StorageException> onFailure) {
            Await.pass(OPENING);
            return Storage.memory().open(self, world, recovered, onFailure);
        }

        @Override
        public boolean survivesRestart() {
            return false;
        }
    }

    @Test
    void theEndOfANodeInterruptsWhatHoldsItUp() {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            Store<String, String> store = texts(cluster.node("a"));
            CompletableFuture<Void> holding = onLoop(store, value -> {
                begun.countDown();
                await(never);
                return null;
            });
            await(begun);

            cluster.close("a");

            assertThrows(CompletionException.class, holding::join);
            assertThrows(NodeClosedException.class, () -> store.get("k"));
            cluster.start("a");
            Await.until("port and directory are free, so that a is back", () -> cluster.voting() == 3);
        }
    }

    @Test
    void aNodeWhoseLoopCannotContinueReportsWhyToEveryCaller() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            Coterie a = cluster.node("a");
            Store<String, String> store = texts(a);

            ApiHooks.endBecauseOf(a, new OutOfMemoryError("on purpose"));

            for (Executable call : new Executable[] {
                () -> store.get("k"),
                () -> store.put("k", "v"),
                a::status,
                () -> a.store("new", Codec.utf8(), Codec.utf8(), Consistency.strong()),
                () -> store.watch("k", change -> {})
            }) {
                NodeClosedException closed = assertThrows(NodeClosedException.class, call);
                assertTrue(closed.getMessage().contains("java.lang.OutOfMemoryError: on purpose"), closed.getMessage());
            }
        }
    }

    private static void assertStageUnavailable(CompletableFuture<?> stage) {
        assertLoopBlamed(stageFails(QuorumUnavailableException.class, stage));
    }

    private static <E extends CoterieException> E stageFails(Class<E> type, CompletableFuture<?> stage) {
        CompletionException thrown = assertThrows(CompletionException.class, stage::join);
        return assertInstanceOf(type, thrown.getCause());
    }

    private static void assertUnavailable(Executable call) {
        assertLoopBlamed(assertThrows(QuorumUnavailableException.class, call));
    }

    private static void assertUnknown(Executable call) {
        assertLoopBlamed(assertThrows(OutcomeUnknownException.class, call));
    }

    private static void assertLoopBlamed(CoterieException thrown) {
        assertTrue(thrown.getMessage().contains("event loop of this node was blocked"), thrown.getMessage());
    }
}
