package io.coterie.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.CodecFailedException;
import io.coterie.Coterie;
import io.coterie.Counters;
import io.coterie.Store;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.internal.settings.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reads of many keys at once, and operations with a time of their own. */
class GetAllTest {
    private static final LocalCluster cluster = LocalCluster.inMemory().with(builder -> builder.maxOperations(20_000));

    @BeforeAll
    static void start() {
        cluster.startAll().client("x");
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    private static Store<String, String> open(String node, String name, ConsistencyPolicy policy) {
        return cluster.node(node).store(name, Codec.utf8(), Codec.utf8(), policy);
    }

    private static Store<String, String> open(String node, String name) {
        return open(node, name, Consistency.strong());
    }

    @Test
    void theValuesComeInTheOrderOfTheKeysWithoutThoseThatHaveNone() {
        Store<String, String> store = open("x", "some");
        store.put("b", "1");
        store.put("a", "2");
        store.put("gone", "3");
        store.delete("gone");

        Map<String, String> found = open("a", "some").getAll(List.of("never", "b", "gone", "a", "b"));

        assertEquals(List.of("b", "a"), List.copyOf(found.keySet()));
        assertEquals(Map.of("a", "2", "b", "1"), found);
        assertThrows(UnsupportedOperationException.class, () -> found.put("c", "v"));
        assertEquals(found, store.async().getAll(List.of("b", "a")).join());
        assertEquals(Map.of(), store.getAll(List.of()));
        assertEquals(Map.of(), store.async().getAll(List.of()).join());
    }

    @Test
    void moreKeysThanAreReadAtATimeAreAllRead() {
        Store<String, String> store = open("x", "many");
        List<String> keys = new ArrayList<>();
        List<CompletableFuture<Void>> puts = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            keys.add("k" + i);
            if (i % 10 == 0) {
                puts.add(store.async().put("k" + i, "v" + i));
            }
        }
        puts.forEach(CompletableFuture::join);
        Collections.reverse(keys);

        for (String node : List.of("x", "b")) {
            Map<String, String> found = open(node, "many").getAll(keys);

            assertEquals(puts.size(), found.size());
            found.forEach((key, value) -> assertEquals("v" + key.substring(1), value));
            assertEquals("k9990", found.keySet().iterator().next());
        }
        for (int again = 0; again < 5; again++) {
            assertEquals(puts.size(), store.getAll(keys).size(), "no key counts as in flight for ever");
        }
    }

    @Test
    void weakStoresAndWeakReadsHaveItToo() {
        Store<String, String> eventual = open("a", "weak", Consistency.eventual());
        eventual.put("k", "v");
        assertEquals(Map.of("k", "v"), eventual.getAll(List.of("k", "absent")));

        open("a", "near").put("k", "v");
        Store<String, String> near = open("a", "near").withReadConsistency(Consistency.eventual());
        Await.until(
                "the nearest replica has it", () -> near.getAll(List.of("k")).equals(Map.of("k", "v")));
    }

    @Test
    void badKeysAreReported() {
        Store<String, String> store = open("x", "misuse");
        assertSays(NullPointerException.class, "keys must not be null", () -> store.getAll(null));
        assertSays(NullPointerException.class, "key must not be null", () -> store.getAll(Arrays.asList("a", null)));
        List<String> tooMany = Collections.nCopies(10_001, "k");
        assertSays(
                IllegalArgumentException.class, "10001 keys is over the limit of 10000", () -> store.getAll(tooMany));
        CompletionException failed = assertThrows(
                CompletionException.class, () -> store.async().getAll(tooMany).join());
        assertInstanceOf(IllegalArgumentException.class, failed.getCause());
        store.put("k", "v");
        assertEquals(Map.of("k", "v"), store.getAll(List.of("k")));
    }

    @Test
    void eachKeyCountsAsAnOperationInFlight() {
        try (Coterie client = cluster.bare("y").maxOperations(10).start()) {
            Store<String, String> store = client.store("bounded", Codec.utf8(), Codec.utf8(), Consistency.strong());
            assertSays(
                    OverloadedException.class,
                    "11 reads and the operations in flight at this node are more than 10, the setting of maxOperations",
                    () -> store.getAll(Collections.nCopies(11, "k")));
            for (int i = 0; i < 20; i++) {
                assertEquals(Map.of(), store.getAll(Collections.nCopies(10, "k")));
            }
        }
    }

    @Test
    void anExceptionOfACodecReachesTheCaller() {
        open("a", "codec").put("k", "no number");
        Store<String, Long> numbers =
                cluster.node("x").store("codec", Codec.utf8(), Codec.int64(), Consistency.strong());

        assertSays(CodecFailedException.class, "could not read a value", () -> numbers.getAll(List.of("k")));
        CompletionException failed = assertThrows(
                CompletionException.class,
                () -> numbers.async().getAll(List.of("k")).join());
        assertInstanceOf(CodecFailedException.class, failed.getCause());
    }

    @Test
    void anOperationEndsWithinTheTimeThatItsCallOrItsStoreWasGiven() {
        try (LocalCluster lone =
                LocalCluster.inMemory().with(builder -> builder.operationTimeout(Duration.ofHours(1)))) {
            lone.startAll().client("x");
            Store<String, String> patient = lone.node("x").store("s", Codec.utf8(), Codec.utf8(), Consistency.strong());
            Counters<String> counters = lone.node("x").counters("c", Codec.utf8());
            // A replica that is connected later does not learn of a change that a majority has.
            lone.node("x").awaitReady(Duration.ofMinutes(1));
            patient.put("k", "v");
            lone.close("b", "c");

            Store<String, String> hasty = patient.withTimeout(Duration.ofMillis(100));

            assertThrows(QuorumUnavailableException.class, () -> hasty.get("k"));
            assertThrows(QuorumUnavailableException.class, () -> hasty.getAll(Collections.nCopies(1_000, "k")));
            assertThrows(CompletionException.class, () -> hasty.async().get("k").join());
            assertThrows(
                    QuorumUnavailableException.class,
                    () -> counters.withTimeout(Duration.ofMillis(50)).get("k"));
            assertThrows(
                    CompletionException.class,
                    () -> counters.async()
                            .withTimeout(Duration.ofMillis(50))
                            .get("k")
                            .join());
            assertThrows(
                    CompletionException.class,
                    () -> patient.async()
                            .withTimeout(Duration.ofMillis(50))
                            .getAll(List.of("k", "l"))
                            .join());
            Store<String, String> near = hasty.withReadConsistency(Consistency.eventual());
            assertEquals("v", near.get("k"));
            lone.close("a");
            assertThrows(QuorumUnavailableException.class, () -> near.get("k"));
        }
    }

    @Test
    void timeoutsOutOfRangeAreRefused() {
        Store<String, String> store = open("x", "time");
        for (Duration none : List.of(Duration.ZERO, Duration.ofMillis(-1), Duration.ofMinutes(61))) {
            String said = "withTimeout " + Durations.text(none) + " is not above 0 s and at most 1 h";
            assertSays(IllegalArgumentException.class, said, () -> store.withTimeout(none));
            assertSays(IllegalArgumentException.class, said, () -> store.async().withTimeout(none));
        }
        assertSays(NullPointerException.class, "withTimeout must not be null", () -> store.withTimeout(null));
    }

    private static void assertSays(
            Class<? extends Throwable> type, String text, org.junit.jupiter.api.function.Executable misuse) {
        Throwable thrown = assertThrows(type, misuse);
        assertTrue(String.valueOf(thrown.getMessage()).contains(text), thrown.getMessage());
    }
}
