package io.coterie.stores;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.AsyncCounters;
import io.coterie.AsyncStore;
import io.coterie.Coterie;
import io.coterie.Counters;
import io.coterie.Exchange;
import io.coterie.Store;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Strong stores of three replicas and a client over TCP. */
class StrongStoreTest {
    private static final LocalCluster cluster =
            LocalCluster.inMemory().with(builder -> builder.maxOperations(1_000_000));

    @BeforeAll
    static void start() {
        cluster.startAll().client("x");
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    private static Store<String, String> open(Coterie node, String name) {
        return node.store(name, Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    @Test
    void anExchangeReturnsWhatItFound() {
        Store<String, String> store = open(cluster.node("a"), "exchanges");
        assertEquals(new Exchange<>(false, null), store.compareAndExchange("k", "1", "2"));
        store.put("k", "3");
        assertEquals(new Exchange<>(false, "3"), store.compareAndExchange("k", "1", "2"));
        assertEquals(
                new Exchange<>(true, "3"),
                store.async().compareAndExchange("k", "3", "4").join());
        Store<String, String> elsewhere = open(cluster.node("b"), "exchanges");
        assertEquals(new Exchange<>(false, "4"), elsewhere.compareAndExchange("k", "3", "5"));
        assertEquals("4", elsewhere.get("k"));
    }

    @Test
    void everyOperationKeepsItsPromiseAtEveryNode() {
        for (Coterie node : cluster.nodes()) {
            Store<String, String> store = open(node, "operations");
            String key = "key of " + node.self();

            assertNull(store.get(key));
            store.delete(key);
            assertTrue(store.putIfAbsent(key, "1"));
            assertFalse(store.putIfAbsent(key, "2"));
            assertEquals("1", store.get(key));
            assertFalse(store.compareAndSet(key, "2", "3"));
            assertTrue(store.compareAndSet(key, "1", "3"));
            assertEquals("3+", store.update(key, value -> value + "+"));
            assertEquals("3+", store.get(key));
            assertNull(store.update(key, value -> null));
            assertNull(store.get(key));
            assertFalse(store.compareAndSet(key, "3+", "4"));
            assertEquals("new", store.update(key, value -> value == null ? "new" : "old"));
            store.put(key, "5");
            store.delete(key);
            assertNull(store.get(key));
            assertTrue(store.putIfAbsent(key, "6"));
        }
    }

    @Test
    void theAsyncViewDoesTheSame() {
        AsyncStore<String, String> store = open(cluster.node("x"), "async").async();

        CompletableFuture<String> end = store.put("k", "1")
                .thenCompose(done -> store.get("k"))
                .thenCompose(seen -> store.compareAndSet("k", seen, "2"))
                .thenCompose(set -> store.putIfAbsent("k", set ? "absent" : "refused"))
                .thenCompose(set -> store.update("k", value -> value + set))
                .thenCompose(seen -> store.delete("k").thenApply(done -> seen));

        assertEquals("2false", end.join());
        assertNull(store.get("k").join());
    }

    @Test
    void allNodesSeeAWriteAtOnce() {
        for (Coterie writer : cluster.nodes()) {
            open(writer, "visible").put("k", "of " + writer.self());
            for (Coterie reader : cluster.nodes()) {
                assertEquals("of " + writer.self(), open(reader, "visible").get("k"));
            }
        }
    }

    @Test
    void weakReadsOfAStrongStoreComeToSeeTheValue() {
        Store<String, String> store = open(cluster.node("a"), "weak");
        Store<String, String> near = store.withReadConsistency(Consistency.eventual());
        near.put("k", "v");

        for (Coterie node : cluster.nodes()) {
            Store<String, String> there = open(node, "weak").withReadConsistency(Consistency.eventual());
            Await.until(node.self() + " sees it", () -> "v".equals(there.get("k")));
        }
        assertTrue(near.compareAndSet("k", "v", "w"));
        assertEquals("w", near.withReadConsistency(Consistency.strong()).get("k"));
    }

    @Test
    void concurrentAdditionsAtAllNodesAddUp() throws Exception {
        int threads = 4;
        int additions = 250;
        List<Callable<Void>> adders = new ArrayList<>();
        for (Coterie node : cluster.nodes()) {
            Counters<String> counters = node.counters("additions", Codec.utf8());
            for (int t = 0; t < threads; t++) {
                adders.add(() -> {
                    for (int i = 0; i < additions; i++) {
                        counters.addAndGet("hot", 1);
                        counters.addAndGet("key " + i, 2);
                    }
                    return null;
                });
            }
        }

        runAll(adders);

        for (Coterie node : cluster.nodes()) {
            Counters<String> counters = node.counters("additions", Codec.utf8());
            assertEquals((long) adders.size() * additions, counters.get("hot"));
            assertEquals(2L * adders.size(), counters.get("key 7"));
            assertEquals(0, counters.get("never"));
        }
    }

    @Test
    void aLongQueueForOneCounterAddsUp() {
        // On a busy machine the last of them end after more than half of the usual time.
        AsyncCounters<String> counters = cluster.node("x")
                .counters("queue", Codec.utf8())
                .withTimeout(Duration.ofMinutes(2))
                .async();
        int additions = 200_000;
        List<CompletableFuture<Long>> sums = new ArrayList<>(additions);

        for (int i = 0; i < additions; i++) {
            sums.add(counters.addAndGet("k", 1));
        }

        Set<Long> distinct = new HashSet<>();
        sums.forEach(sum -> distinct.add(sum.join()));
        assertEquals(additions, distinct.size());
        assertEquals(additions, counters.get("k").join());
    }

    @Test
    void concurrentUpdatesOfOneValueLoseNothing() throws Exception {
        int threads = 2;
        int appends = 30;
        List<Callable<Void>> appenders = new ArrayList<>();
        for (Coterie node : cluster.nodes()) {
            Store<String, String> store = open(node, "appends");
            for (int t = 0; t < threads; t++) {
                String mark = node.self() + "" + t;
                appenders.add(() -> {
                    for (int i = 0; i < appends; i++) {
                        String word = mark + "." + i + " ";
                        String after = store.update("k", value -> (value == null ? "" : value) + word);
                        assertTrue(String.valueOf(after).endsWith(word), after);
                    }
                    return null;
                });
            }
        }

        runAll(appenders);

        List<String> words = List.of(
                String.valueOf(open(cluster.node("x"), "appends").get("k")).split(" "));
        assertEquals(appenders.size() * appends, words.size());
        assertEquals(words.size(), Set.copyOf(words).size());
        for (String mark : List.of("a0", "b1", "x1")) {
            List<String> mine =
                    words.stream().filter(word -> word.startsWith(mark + ".")).toList();
            for (int i = 0; i < appends; i++) {
                assertEquals(mark + "." + i, mine.get(i), "in the order of their writing");
            }
        }
    }

    @Test
    void theLargestValueCanBePutUpdatedAndRead() {
        Store<String, byte[]> store =
                cluster.node("x").store("large", Codec.utf8(), Codec.bytes(), Consistency.strong());
        byte[] largest = new byte[1 << 20];

        store.put("k", largest);
        for (byte i = 1; i <= 3; i++) {
            byte mark = i;
            byte[] updated = store.update("k", value -> {
                byte[] next = new byte[1 << 20];
                next[0] = mark;
                return next;
            });
            assertEquals(mark, updated == null ? 0 : updated[0]);
        }

        byte[] seen = cluster.node("a")
                .store("large", Codec.utf8(), Codec.bytes(), Consistency.strong())
                .get("k");
        assertEquals(3, seen == null ? 0 : seen[0]);
    }

    @Test
    void aValueReadIsTheReadersOwn() {
        Store<String, byte[]> store = cluster.node("a").store("own", Codec.utf8(), Codec.bytes(), Consistency.strong());
        store.put("k", new byte[] {1, 2, 3});

        for (Store<String, byte[]> reader : List.of(store, store.withReadConsistency(Consistency.eventual()))) {
            byte[] read = Objects.requireNonNull(reader.get("k"));
            Arrays.fill(read, (byte) 9);

            assertArrayEquals(new byte[] {1, 2, 3}, reader.get("k"));
        }
        assertArrayEquals(new byte[] {1, 2, 3, 4}, store.update("k", value -> {
            byte[] longer = Arrays.copyOf(Objects.requireNonNull(value), 4);
            longer[3] = 4;
            return longer;
        }));
    }

    @Test
    void aCodecCanChangeNothingOfWhatItReads() {
        Store<String, byte[]> store =
                cluster.node("a").store("guarded", Codec.utf8(), new Scribbling(), Consistency.strong());
        store.put("k", new byte[] {1, 2, 3});

        assertArrayEquals(new byte[] {1, 2, 3}, store.get("k"));
        assertArrayEquals(new byte[] {1, 2, 3}, store.get("k"));
    }

    /** Writes into what it was given to read. */
    private static final class Scribbling implements Codec<byte[]> {
        @Override
        public void encode(byte[] value, ByteWriter out) {
            out.putBytes(value);
        }

        @Override
        public byte[] decode(ByteBuffer in) {
            assertThrows(ReadOnlyBufferException.class, () -> in.put(in.position(), (byte) 9));
            assertThrows(ReadOnlyBufferException.class, in::array);
            byte[] value = new byte[in.remaining()];
            in.get(value);
            return value;
        }
    }

    private static void runAll(List<Callable<Void>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            for (Future<Void> end : threads.invokeAll(tasks, 60, TimeUnit.SECONDS)) {
                end.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
