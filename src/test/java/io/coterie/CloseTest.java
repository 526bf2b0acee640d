package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Completion;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.StoreContext;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.error.NodeClosedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** The end of a node, idle or with operations in flight. */
class CloseTest {
    @TempDir
    Path directory;

    private static Store<String, String> texts(Coterie node) {
        return node.store("texts", Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    private static Store<String, String> weakTexts(Coterie node) {
        return node.store("weak texts", Codec.utf8(), Codec.utf8(), Consistency.eventual());
    }

    @Test
    void closingEndsEveryThread() {
        Set<String> before = ourThreads();
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            texts(cluster.client("x")).update("k", value -> "v");
            assertTrue(ourThreads().size() > before.size());
        }
        Await.until("all threads have ended: " + ourThreads(), () -> before.containsAll(ourThreads()));
    }

    @Test
    void portAndDirectoryAreFreeAtOnce() {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            texts(cluster.node("a")).put("k", "v");
            for (int i = 0; i < 10; i++) {
                cluster.close("a");
                cluster.start("a");
            }
            assertEquals("v", texts(cluster.node("a")).get("k"));
        }
    }

    @Test
    void aPolicyThatDiesWhenItIsClosedKeepsNothingOpen() {
        Set<String> before = ourThreads();
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            cluster.node("a").store("deadly", Codec.utf8(), Codec.utf8(), new DeadlyPolicy());
            cluster.close("a");
            cluster.start("a");
            Await.until("port and directory are free, so that a is back", () -> cluster.voting() == 3);
        }
        Await.until("all threads have ended", () -> before.containsAll(ourThreads()));
    }

    @Test
    void aSecondCloseDoesNothing() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            Coterie a = cluster.node("a");
            a.close();
            a.close();
            assertEquals("a", a.self().name());
        }
    }

    @Test
    void everyOperationAfterTheEndIsRefused() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            Coterie a = cluster.node("a");
            Store<String, String> store = texts(a);
            Store<String, String> weak = weakTexts(a);
            Store<String, String> near = store.withReadConsistency(Consistency.eventual());
            Counters<String> counters = a.counters("counters", Codec.utf8());
            a.close();

            for (Executable operation : new Executable[] {
                () -> store.get("k"),
                () -> store.put("k", "v"),
                () -> store.delete("k"),
                () -> store.putIfAbsent("k", "v"),
                () -> store.compareAndSet("k", "v", "w"),
                () -> store.update("k", value -> "v"),
                () -> weak.put("k", "v"),
                () -> near.get("k"),
                () -> store.withReadConsistency(Consistency.eventual()),
                () -> counters.addAndGet("k", 1),
                () -> a.status(),
                () -> texts(a).get("k"),
                () -> a.store("new", Codec.utf8(), Codec.utf8(), Consistency.strong())
            }) {
                NodeClosedException refusal = assertThrows(NodeClosedException.class, operation);
                assertFalse(refusal.maybeExecuted());
            }
        }
    }

    @Test
    void operationsInFlightEndAndReportWhetherTheyMayBeApplied() {
        try (LocalCluster cluster = LocalCluster.inMemory()
                .with(builder -> builder.operationTimeout(Duration.ofMinutes(10)))
                .startAll()) {
            Coterie a = cluster.node("a");
            Coterie x = cluster.client("x");
            AsyncStore<String, String> store = texts(x).async();
            AsyncStore<String, String> weak = weakTexts(x).async();
            AsyncStore<String, String> near =
                    texts(x).withReadConsistency(Consistency.eventual()).async();
            store.put("held", "v").join();
            cluster.close("b", "c");
            CompletableFuture<?> asking = store.put("new", "v");
            CompletableFuture<?> proposed = store.put("held", "w");
            CompletableFuture<?> reading = store.get("other");
            Await.until(
                    "x misses b and c",
                    () -> x.status().replicas().stream().skip(1).allMatch(replica -> replica.state() == null));
            cluster.close("a");
            CompletableFuture<?> weakRead = weak.get("k");
            CompletableFuture<?> nearRead = near.get("k");
            CompletableFuture<?> weakWrite = weak.put("k", "v");
            Store<String, String> unopened = x.store("opening", Codec.utf8(), Codec.utf8(), Consistency.strong());
            CompletableFuture<?> waiting = unopened.async().put("k", "v");
            CompletableFuture<?> opening = unopened.readyAsync();
            Await.until("a is gone", () -> x.status().replicas().get(0).state() == null);
            assertFalse(waiting.isDone());
            assertFalse(opening.isDone());
            assertEquals("a", a.self().name());

            x.close();

            assertFalse(failure(asking).maybeExecuted(), "nothing but a question was sent");
            // These two were sent, or not, as x had noticed or not that replicas are gone: each
            // ends, and either is right. ClosedInFlightTest knows what was sent.
            failure(proposed);
            failure(weakWrite);
            assertFalse(failure(reading).maybeExecuted());
            assertFalse(failure(weakRead).maybeExecuted());
            assertFalse(failure(nearRead).maybeExecuted());
            assertFalse(failure(waiting).maybeExecuted());
            assertFalse(failure(opening).maybeExecuted());
        }
    }

    @Test
    void callersDuringTheEndAllComeBack() throws Exception {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            for (int round = 0; round < 10; round++) {
                Coterie x = cluster.builder("x" + round).start();
                Store<String, String> store = texts(x);
                AtomicInteger done = new AtomicInteger();
                CountDownLatch begun = new CountDownLatch(200);
                List<CompletableFuture<CoterieException>> callers = new ArrayList<>();
                for (int t = 0; t < 6; t++) {
                    String key = "k" + t;
                    CompletableFuture<CoterieException> end = new CompletableFuture<>();
                    callers.add(end);
                    new Thread(() -> {
                                try {
                                    while (true) {
                                        store.put(key, "" + done.incrementAndGet());
                                        begun.countDown();
                                    }
                                } catch (CoterieException e) {
                                    end.complete(e);
                                }
                            })
                            .start();
                }
                assertTrue(begun.await(60, TimeUnit.SECONDS));

                x.close();

                for (CompletableFuture<CoterieException> caller : callers) {
                    CoterieException end = caller.get(60, TimeUnit.SECONDS);
                    assertTrue(end instanceof NodeClosedException || end instanceof OutcomeUnknownException);
                }
            }
        }
    }

    @Test
    void anInterruptedThreadClosesAllTheSame() {
        Set<String> before = ourThreads();
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            Thread.currentThread().interrupt();
            cluster.close("a");
            assertTrue(Thread.interrupted(), "the flag stays");
            cluster.start("a");
            Await.until("a is back", () -> cluster.voting() == 3);
        }
        Await.until("all threads have ended", () -> before.containsAll(ourThreads()));
    }

    @Test
    void aStageOnTheLoopMayClose() throws Exception {
        Set<String> before = ourThreads();
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            Coterie a = cluster.node("a");
            CountDownLatch chained = new CountDownLatch(1);
            CompletableFuture<Void> closed = texts(a).async()
                    .update("k", value -> {
                        try {
                            chained.await();
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                        return "v";
                    })
                    .thenRun(a::close);
            chained.countDown();
            closed.get(60, TimeUnit.SECONDS);
            assertThrows(NodeClosedException.class, () -> texts(a).get("k"));
        }
        Await.until("all threads have ended", () -> before.containsAll(ourThreads()));
    }

    private static CoterieException failure(CompletableFuture<?> future) {
        try {
            Object value = future.orTimeout(60, TimeUnit.SECONDS).join();
            throw new AssertionError("ended with " + value);
        } catch (CompletionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new AssertionError("never ended", e);
            }
            return (CoterieException) e.getCause();
        }
    }

    private static Set<String> ourThreads() {
        Set<String> names = new TreeSet<>();
        for (Map.Entry<Thread, StackTraceElement[]> thread :
                Thread.getAllStackTraces().entrySet()) {
            if (thread.getKey().getName().startsWith("coterie")) {
                names.add(thread.getKey().getName());
            }
        }
        return names;
    }

    /** Its stores can be opened, and throw when they are closed. */
    private static final class DeadlyPolicy implements ConsistencyPolicy {
        @Override
        public String name() {
            return "deadly";
        }

        @Override
        public int replicasToOpen(int replicas) {
            return 1;
        }

        @Override
        public int readQuorum(int replicas) {
            return 1;
        }

        @Override
        public int writeQuorum(int replicas) {
            return 1;
        }

        @Override
        public boolean needsVotes() {
            return false;
        }

        @Override
        public String promise(int replicas) {
            return "deadly: none";
        }

        @Override
        public PolicyStore open(StoreContext context) {
            return new PolicyStore() {
                @Override
                public void execute(byte[] key, Operation operation, long deadlineNanos, Completion completion) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public void close() {
                    throw new AssertionError("the policy's own");
                }
            };
        }
    }
}
