package io.coterie.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Change;
import io.coterie.Coterie;
import io.coterie.Store;
import io.coterie.Version;
import io.coterie.Watch;
import io.coterie.WatchListener;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.cluster.LogText;
import io.coterie.consistency.Consistency;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.OverloadedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Listeners of keys and prefixes, over TCP. */
@SuppressWarnings("try") // A watch that is only held open, or closed twice.
class WatchTest {
    private static final LocalCluster cluster = LocalCluster.inMemory();

    @BeforeAll
    static void start() {
        cluster.startAll().client("x");
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    private static Store<String, String> open(String node, String name) {
        return cluster.node(node).store(name, Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    /** What was reported to a listener, as texts. */
    private static final class Reported implements WatchListener<String, String> {
        final List<String> values = new CopyOnWriteArrayList<>();
        final List<String> missed = new CopyOnWriteArrayList<>();
        private final Map<String, Version> versions = new HashMap<>();

        @Override
        public void onChange(Change<String, String> change) {
            Version before = versions.put(change.key(), change.version());
            boolean rises = before == null || change.version().compareTo(before) > 0;
            values.add(change.key() + "=" + change.value() + (rises ? "" : " out of order"));
        }

        @Override
        public void onMissed(String key, Version after, Version before) {
            missed.add(key);
        }

        void await(String last) {
            Await.until(
                    last + " is reported, was " + values,
                    () -> !values.isEmpty() && values.get(values.size() - 1).equals(last));
        }
    }

    @Test
    void aListenerOfAKeyGetsItsValueAndAllThatFollow() {
        for (String node : List.of("a", "x")) {
            Store<String, String> store = open(node, "key of " + node);
            store.put("k", "0");
            Reported reported = new Reported();
            Watch watch = store.watch("k", reported);
            reported.await("k=0");
            List<String> expected = new ArrayList<>(List.of("k=0"));
            for (int i = 1; i <= 200; i++) {
                open(List.of("a", "b", "x").get(i % 3), store.name()).put("k", "" + i);
                store.put("other", "" + i);
                expected.add("k=" + i);
            }
            store.delete("k");
            store.put("k", "again");
            expected.add("k=null");
            expected.add("k=again");

            reported.await("k=again");
            assertEquals(expected, reported.values);
            assertEquals(List.of(), reported.missed);
            watch.close();
        }
    }

    @Test
    void aListenerOfAPrefixGetsItsKeysOnly() {
        Store<String, String> store = open("x", "prefix");
        store.put("p/1", "a");
        store.put("p/gone", "a");
        store.delete("p/gone");
        store.put("q", "a");
        Reported reported = new Reported();
        Watch watch = store.watchPrefix("p/", reported);
        reported.await("p/1=a");
        store.put("q", "b");
        store.put("p/2", "b");
        store.delete("p/1");
        store.put("o", "b");
        store.put("p/3", "b");

        reported.await("p/3=b");
        assertEquals(List.of("p/1=a", "p/2=b", "p/1=null", "p/3=b"), reported.values);
        assertEquals(List.of(), reported.missed);
        watch.close();
    }

    @Test
    void aSlowListenerLearnsWhatItMissedAndGetsToTheEnd() {
        Store<String, String> store = open("a", "slow");
        CountDownLatch release = new CountDownLatch(1);
        Reported reported = new Reported();
        WatchListener<String, String> slow = new WatchListener<>() {
            @Override
            public void onChange(Change<String, String> change) {
                awaitUninterruptibly(release);
                reported.onChange(change);
            }

            @Override
            public void onMissed(String key, Version after, Version before) {
                reported.onMissed(key, after, before);
            }
        };
        Watch watch = store.watchPrefix("k", 2, slow);
        store.put("k-first", "0");
        for (int i = 0; i < 100; i++) {
            store.put("k1", "" + i);
            store.put("k2", "" + i);
            store.put("k3", "" + i);
            store.put("k4", "" + i);
        }
        release.countDown();

        for (int k = 1; k <= 4; k++) {
            String last = "k" + k + "=99";
            Await.until(last + " is reported", () -> reported.values.contains(last));
            assertTrue(reported.missed.contains("k" + k), "some states are reported as missed: k" + k);
        }
        assertTrue(
                reported.values.stream().noneMatch(value -> value.contains("out of order")), reported.values::toString);
        watch.close();
    }

    @Test
    void aListenerThatThrowsGetsLaterChangesAndIsLoggedOnce() {
        Store<String, String> store = open("b", "throws");
        Reported reported = new Reported();
        try (LogText log = new LogText()) {
            Watch watch = store.watch("k", change -> {
                reported.onChange(change);
                throw new IllegalStateException("of the listener");
            });
            for (int i = 0; i < 5; i++) {
                store.put("k", "" + i);
                reported.await("k=" + i);
            }
            String text = log.toString();
            assertTrue(text.contains("the listener of a watch of store \"throws\" threw"), text);
            assertEquals(text.indexOf("the listener of"), text.lastIndexOf("the listener of"));
            watch.close();
        }
    }

    @Test
    void aClosedWatchReportsNothingMore() {
        Store<String, String> store = open("x", "closed");
        Reported closed = new Reported();
        Reported open = new Reported();
        Watch watch = store.watch("k", closed);
        Watch other = store.watch("k", open);
        store.put("k", "1");
        closed.await("k=1");
        watch.close();
        watch.close();
        store.put("k", "2");
        open.await("k=2");
        assertEquals(List.of("k=1"), closed.values);
        other.close();
    }

    @Test
    void aWatchOutlivesRestartsOfReplicas(@TempDir Path directory) {
        try (LocalCluster own = LocalCluster.in(directory)) {
            own.startAll().client("x");
            Store<String, String> store = own.node("x").store("s", Codec.utf8(), Codec.utf8(), Consistency.strong());
            Reported reported = new Reported();
            Watch watch = store.watch("k", reported);
            for (String replica : List.of("a", "b", "c")) {
                own.close(replica);
                store.put("k", "without " + replica);
                reported.await("k=without " + replica);
                own.start(replica);
                Await.until("all vote", () -> own.voting() == 3);
                store.put("k", "with " + replica);
                reported.await("k=with " + replica);
            }
            own.close("x");
            watch.close();
        }
    }

    @Test
    void aWatchPastThoseThatReplicasTakeIsRefusedUntilAnotherIsClosed() {
        Coterie node = cluster.client("many");
        Store<String, String> store = open("many", "many");
        List<Watch> watches = new ArrayList<>();
        for (int i = 0; i < 1024; i++) {
            watches.add(store.watch("k" + i, change -> {}));
        }
        Reported reported = new Reported();
        assertSays(
                OverloadedException.class,
                "this node has 1024 watches open, including those of its locks and elections",
                () -> store.watch("one more", reported));

        watches.get(7).close();
        watches.add(store.watch("one more", reported));
        store.put("one more", "v");
        reported.await("one more=v");
        assertThrows(OverloadedException.class, () -> store.watchPrefix("k", reported));

        // Its locks can do without watches.
        assertTrue(node.coordination("c")
                .lock("l", Duration.ofSeconds(10))
                .tryAcquire(Duration.ofSeconds(30))
                .isPresent());
        watches.forEach(Watch::close);
        cluster.close("many");
    }

    @Test
    void watchesThatCannotBeAreRefused() {
        Store<String, String> store = open("x", "misuse");
        Reported reported = new Reported();
        assertSays(NullPointerException.class, "key must not be null", () -> store.watch(null, reported));
        assertSays(NullPointerException.class, "prefix must not be null", () -> store.watchPrefix(null, reported));
        assertSays(NullPointerException.class, "listener must not be null", () -> store.watch("k", null));
        assertSays(IllegalArgumentException.class, "every key", () -> store.watchPrefix("", reported));
        assertSays(
                IllegalArgumentException.class,
                "queue 0 is not within 1 to 100000",
                () -> store.watch("k", 0, reported));
        Store<String, String> eventual =
                cluster.node("x").store("weak", Codec.utf8(), Codec.utf8(), Consistency.eventual());
        assertSays(UnsupportedOperationException.class, "Consistency.strong()", () -> eventual.watch("k", reported));
        assertNull(store.get("k"));
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void assertSays(Class<? extends Throwable> type, String text, Executable misuse) {
        Throwable thrown = assertThrows(type, misuse);
        assertTrue(String.valueOf(thrown.getMessage()).contains(text), thrown.getMessage());
    }
}
