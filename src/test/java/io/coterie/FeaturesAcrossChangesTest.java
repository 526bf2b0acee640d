package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.coordination.Lease;
import io.coterie.coordination.Lock;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.codec.Codec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is above the stores continues while all members of a cluster but one are replaced. The client
 * was started with the list of before.
 */
class FeaturesAcrossChangesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration LEASE = Duration.ofSeconds(4);

    @TempDir
    Path directory;

    private LocalCluster cluster;
    private Coterie client;
    private Coterie other;

    @BeforeEach
    void start() {
        cluster = LocalCluster.in(directory).startAll();
        client = cluster.client("x");
        other = cluster.client("y");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private static Store<String, String> strong(Coterie node) {
        return node.store("strong", Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    /** In place of a, b and c come c, d and e. Those that go are closed. */
    private void replaceTwo() throws TimeoutException {
        replace("a", "d", "b", "c", "d");
        replace("b", "e", "c", "d", "e");
    }

    private void replace(String leaving, String newcomer, String... list) throws TimeoutException {
        cluster.listing(list).start(newcomer);
        cluster.node("c")
                .members()
                .withForce(true)
                .replace(leaving, newcomer, "127.0.0.1:" + cluster.port(newcomer))
                .await(LIMIT);
        cluster.close(leaving);
    }

    /** Does something again and again until the change is over. */
    private static final class Load {
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicLong done = new AtomicLong();
        private final List<Throwable> failures = new CopyOnWriteArrayList<>();
        private final Thread thread;

        Load(LongConsumer work) {
            thread = new Thread(() -> {
                for (long i = 1; !over.get(); i++) {
                    try {
                        work.accept(i);
                        done.set(i);
                    } catch (RuntimeException e) {
                        failures.add(e);
                        return;
                    }
                }
            });
            thread.start();
        }

        void end() throws InterruptedException {
            over.set(true);
            thread.join();
            assertEquals(List.of(), failures);
            assertTrue(done.get() > 0, "nothing was done");
        }
    }

    private static final class Heard implements WatchListener<String, String> {
        private final List<String> values = new CopyOnWriteArrayList<>();
        private final List<String> missed = new CopyOnWriteArrayList<>();

        @Override
        public void onChange(Change<String, String> change) {
            values.add(change.key() + "=" + change.value());
        }

        @Override
        public void onMissed(String key, Version after, Version before) {
            missed.add(key);
        }

        /** Each value is there, in its order, or the listener heard that it missed some of the key. */
        void requireAll(String key, long last) {
            Await.until("the last of " + key + " is reported", () -> values.contains(key + "=" + last));
            List<String> ofKey = values.stream()
                    .filter(value -> value.startsWith(key + "="))
                    .distinct()
                    .toList();
            List<String> expected = new ArrayList<>();
            for (long i = 1; i <= last; i++) {
                expected.add(key + "=" + i);
            }
            if (missed.contains(key)) {
                expected.retainAll(ofKey);
            }
            assertEquals(expected, ofKey);
        }
    }

    @Test
    void watchesOfKeysAndPrefixesMissNothingUnnoticed() throws Exception {
        Heard ofKey = new Heard();
        Heard ofPrefix = new Heard();
        strong(client).watch("p/1", ofKey);
        strong(client).watchPrefix("p/", ofPrefix);
        strong(other).put("p/2", "1");
        Await.until("the prefix is watched", () -> ofPrefix.values.contains("p/2=1"));
        Load load = new Load(i -> strong(other).put("p/1", "" + i));
        replaceTwo();
        load.end();
        ofKey.requireAll("p/1", load.done.get());
        ofPrefix.requireAll("p/1", load.done.get());
    }

    @Test
    void aScanThatIsPagedHasAllThatWasThereThroughout() throws Exception {
        TreeSet<String> keys = new TreeSet<>();
        for (int i = 0; i < 200; i++) {
            keys.add("k" + i);
            strong(client).put("k" + i, "v");
        }
        List<String> found = new ArrayList<>();
        @Nullable Scan<String> rest = Scan.prefix("k");
        Page<String, String> first = strong(client).scan(rest, 50);
        found.addAll(first.entries().keySet());
        rest = first.next();
        Load load = new Load(i -> {
            strong(other).put("k" + i % 200, "v");
            strong(other).put("k-" + i % 50, "v");
            strong(other).delete("k-" + i % 50);
        });
        AtomicLong scans = new AtomicLong();
        Load scanning = new Load(i -> {
            Map<String, String> all = new TreeMap<>();
            @Nullable Scan<String> from = Scan.prefix("k");
            while (from != null) {
                Page<String, String> page = strong(client).scan(from, 50);
                all.putAll(page.entries());
                from = page.next();
            }
            assertTrue(all.keySet().containsAll(keys), () -> "lacks keys: " + all.keySet());
            scans.incrementAndGet();
        });
        replaceTwo();
        scanning.end();
        load.end();
        while (rest != null) {
            Page<String, String> page = strong(client).scan(rest, 50);
            found.addAll(page.entries().keySet());
            rest = page.next();
        }
        found.removeIf(key -> key.startsWith("k-"));
        assertEquals(List.copyOf(keys), found);
    }

    @Test
    void fencingTokensRiseAndALeaseHasOneHolder() throws Exception {
        List<Long> tokens = new CopyOnWriteArrayList<>();
        Lease kept = client.coordination("jobs")
                .lock("kept", LEASE)
                .tryAcquire(LIMIT)
                .orElseThrow();
        AtomicLong inside = new AtomicLong();
        List<Load> loads = new ArrayList<>();
        for (Coterie node : List.of(client, other)) {
            Lock lock = node.coordination("jobs").lock("shared", LEASE);
            loads.add(new Load(i -> {
                try (Lease lease = lock.tryAcquire(LIMIT).orElseThrow()) {
                    if (inside.incrementAndGet() != 1) {
                        throw new IllegalStateException("two holders");
                    }
                    tokens.add(lease.token());
                    inside.decrementAndGet();
                }
            }));
        }
        replaceTwo();
        for (Load load : loads) {
            load.end();
        }
        assertEquals(List.copyOf(new TreeSet<>(tokens)), List.copyOf(tokens), "tokens rise, each once");
        assertTrue(kept.isValid(), "a lease is renewed across changes");
        assertEquals(
                kept.token(),
                other.coordination("jobs")
                        .lock("kept", LEASE)
                        .holder()
                        .orElseThrow()
                        .token());
    }

    @Test
    void eachAdditionToACounterCountsOnce() throws Exception {
        Counters<String> counters = client.counters("counters", Codec.utf8());
        Counters<String> others = other.counters("counters", Codec.utf8());
        Map<Long, Boolean> seen = new ConcurrentHashMap<>();
        Load one = new Load(i -> seen.put(counters.addAndGet("n", 1), true));
        Load two = new Load(i -> seen.put(others.addAndGet("n", 1), true));
        replaceTwo();
        one.end();
        two.end();
        long sum = one.done.get() + two.done.get();
        assertEquals(sum, counters.get("n"));
        assertEquals(sum, seen.size(), "each result once");
    }

    /** Its whole list was replaced while it was away. */
    @Test
    void aClientOfWhoseListNobodyIsLeftSaysWhomItTriedAndWhatToDo() throws Exception {
        strong(client).put("k", "v");
        replaceTwo();
        cluster.listing("c", "d", "e", "f").start("f");
        cluster.node("d")
                .members()
                .withForce(true)
                .replace("c", "f", "127.0.0.1:" + cluster.port("f"))
                .await(LIMIT);
        cluster.close("c");
        assertEquals("v", strong(client).get("k"), "who was there meanwhile knows the members");

        try (Coterie late = cluster.listing("a", "b", "c").builder("late").start()) {
            QuorumUnavailableException failure = assertThrows(
                    QuorumUnavailableException.class,
                    () -> strong(late).withTimeout(Duration.ofSeconds(3)).get("k"));
            for (String part : List.of("a=", "b=", "c=", "list some that are members now")) {
                assertTrue(failure.getMessage().contains(part), failure.getMessage());
            }
        }
    }
}
