package io.coterie.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Coterie;
import io.coterie.Scan;
import io.coterie.Store;
import io.coterie.Watch;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.cluster.LogText;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.MessageTooLargeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Operations whose value is over the limit of some nodes fail with a text that says so. */
class UnequalLimitsTest {
    private static final int LOW_BYTES = 1_000;
    private static final String LARGE = "v".repeat(100_000);

    private static Store<String, String> store(Coterie node, ConsistencyPolicy policy) {
        return node.store("s-" + policy.name(), Codec.utf8(), Codec.utf8(), policy)
                .withTimeout(Duration.ofSeconds(60));
    }

    /**
     * The operation fails at once, and names the replica. At the end of its time it would report a
     * majority that was not met.
     */
    private static void assertNamed(Executable operation) {
        MessageTooLargeException failure = assertThrows(MessageTooLargeException.class, operation);
        assertTrue(failure.getMessage().contains("set maxValueBytes to the same at all nodes"), failure.getMessage());
        assertTrue(failure.getMessage().contains("a="), failure.getMessage());
    }

    @Test
    void aValueOverTheReadersLimitIsNamed() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            Coterie writer = cluster.client("writer");
            writer.awaitReady(Duration.ofSeconds(60));
            Coterie reader =
                    cluster.with(builder -> builder.maxValueBytes(LOW_BYTES)).client("reader");
            for (ConsistencyPolicy policy : List.of(Consistency.strong(), Consistency.eventual())) {
                Store<String, String> written = store(writer, policy);
                Store<String, String> read = store(reader, policy);
                written.put("large", LARGE);
                written.put("small", "v");
                awaitCopies(cluster, policy);

                assertNamed(() -> read.get("large"));
                assertNamed(() -> read.getAll(List.of("large")));
                assertEquals("v", read.get("small"));
            }
            Store<String, String> strong = store(reader, Consistency.strong());
            assertNamed(() -> strong.scan(Scan.all(), 10));
            assertNamed(() -> strong.update("large", value -> "v"));
            assertNamed(() -> strong.withReadConsistency(Consistency.eventual()).get("large"));
        }
    }

    /** The reader may ask any replica, and a put is done before the last of them has it. */
    private static void awaitCopies(LocalCluster cluster, ConsistencyPolicy policy) {
        for (String name : List.of("a", "b", "c")) {
            Store<String, String> store = store(cluster.node(name), policy);
            Store<String, String> copy =
                    policy.equals(Consistency.strong()) ? store.withReadConsistency(Consistency.eventual()) : store;
            Await.until(name + " has both", () -> LARGE.equals(copy.get("large")) && "v".equals(copy.get("small")));
        }
    }

    @Test
    void aValueOverTheReplicasLimitIsNamed() {
        try (LocalCluster cluster = LocalCluster.inMemory()
                .with(builder -> builder.maxValueBytes(LOW_BYTES))
                .startAll()) {
            Coterie writer =
                    cluster.instead(builder -> builder.maxValueBytes(1 << 20)).client("writer");
            assertNamed(() -> store(writer, Consistency.eventual()).put("k", LARGE));
            Store<String, String> strong = store(writer, Consistency.strong());
            for (int i = 0; i < 3; i++) {
                // The first has the replicas promise something before; the others need not.
                assertNotApplied(() -> strong.put("k", LARGE));
                assertNull(strong.get("k"));
                assertNotApplied(() -> strong.update("k", value -> LARGE));
                assertNotApplied(() -> strong.putIfAbsent("k", LARGE));
            }
            strong.put("k", "v");
            assertEquals("v", strong.get("k"));
        }
    }

    @Test
    void aWriteIsNotAppliedWhereTheOnlyReplicaThatCouldTakeItIsGone() {
        try (LocalCluster cluster = LocalCluster.inMemory()
                .with(builder -> builder.maxValueBytes(LOW_BYTES))
                .startAll()) {
            Coterie writer =
                    cluster.instead(builder -> builder.maxValueBytes(1 << 20)).client("writer");
            Store<String, String> strong = store(writer, Consistency.strong());
            strong.put("k", "v");
            cluster.close("c");
            assertNotApplied(() -> strong.put("k", LARGE));
            assertEquals("v", strong.get("k"));
        }
    }

    /** Reported at once, with the limit and the setting. */
    private static void assertNotApplied(Executable operation) {
        assertNamed(operation);
        MessageTooLargeException failure = assertThrows(MessageTooLargeException.class, operation);
        assertFalse(failure.maybeExecuted());
        assertTrue(failure.getMessage().contains("; not applied. "), failure.getMessage());
        assertTrue(failure.getMessage().contains("takes messages of "), failure.getMessage());
    }

    @Test
    void aWriteThatItsOwnReplicaTookAloneMayBeApplied() {
        try (LocalCluster cluster = LocalCluster.inMemory().with(builder -> builder.maxValueBytes(LOW_BYTES))) {
            cluster.start("b");
            cluster.start("c");
            Coterie a =
                    cluster.instead(builder -> builder.maxValueBytes(1 << 20)).client("a");
            Await.until("all replicas vote", () -> cluster.voting() == 3);
            OutcomeUnknownException failure = assertThrows(
                    OutcomeUnknownException.class,
                    () -> store(a, Consistency.strong()).put("k", LARGE));
            assertTrue(failure.getMessage().contains("set maxValueBytes to the same"), failure.getMessage());
        }
    }

    /** Each replica that has the value is warned of; a put is done before the third has it. */
    @Test
    void aWatchOfAValueOverItsNodesLimitIsWarnedOf() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll();
                LogText log = new LogText()) {
            Coterie writer = cluster.client("writer");
            Coterie reader =
                    cluster.with(builder -> builder.maxValueBytes(LOW_BYTES)).client("reader");
            store(writer, Consistency.strong()).put("large", LARGE);
            for (boolean single : new boolean[] {true, false}) {
                Store<String, String> store = store(reader, Consistency.strong());
                Watch watch = single ? store.watch("large", change -> {}) : store.watchPrefix("l", change -> {});
                Await.until(
                        "the log says that the watch gets nothing",
                        () -> cluster.nodes().stream().anyMatch(replica -> warnings(log, replica) > 0));
                watch.close();
            }
            cluster.nodes().forEach(replica -> assertTrue(warnings(log, replica) <= 2, log.toString()));
        }
    }

    private static int warnings(LogText log, Coterie replica) {
        return log.count(
                "reader: a watch of store \"s-strong\", and perhaps others, cannot receive changes from replica "
                        + replica.self() + ": a message exceeds the limit");
    }

    @Test
    void valuesAtALowLimitAreReadManyAtOnce() {
        try (LocalCluster cluster = LocalCluster.inMemory()
                .with(builder -> builder.maxValueBytes(LOW_BYTES))
                .startAll()) {
            Store<String, String> store = store(cluster.client("x"), Consistency.strong());
            Map<String, String> values = new HashMap<>();
            for (int i = 0; i < 200; i++) {
                values.put("k" + i, "v".repeat(LOW_BYTES));
            }
            values.forEach(store::put);
            assertEquals(values, store.getAll(values.keySet()));
        }
    }
}
