package io.coterie;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.failuredetector.FailureDetection;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.IdleStrategy;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.codec.Codec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each smallest and largest value that the builder offers works with the defaults of all else, and
 * with every other one.
 */
class ExtremeSettingsTest {
    private static final int MAX_VALUE_BYTES = 64 << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration MAX_DURATION = Duration.ofSeconds(Long.MAX_VALUE);

    /** The values of one setting exclude each other. */
    private static final List<Map<String, UnaryOperator<CoterieBuilder>>> SETTINGS = List.of(
            ends("maxValueBytes", b -> b.maxValueBytes(1), b -> b.maxValueBytes(MAX_VALUE_BYTES)),
            ends("maxOperations", b -> b.maxOperations(1), b -> b.maxOperations(10_000_000)),
            ends(
                    "operationTimeout",
                    b -> b.operationTimeout(Duration.ofNanos(1)),
                    b -> b.operationTimeout(Duration.ofHours(1))),
            ends(
                    "attemptTimeout",
                    b -> b.attemptTimeout(Duration.ofNanos(1)),
                    b -> b.attemptTimeout(Duration.ofHours(1))),
            ends("majorityGrace", b -> b.majorityGrace(Duration.ZERO), b -> b.majorityGrace(Duration.ofHours(1))),
            ends("keepalive", b -> b.keepalive(Duration.ofMillis(100)), b -> b.keepalive(Duration.ofHours(1))),
            ends(
                    "retry",
                    b -> b.retry(RetryPolicy.exponential(Duration.ofNanos(1), Duration.ofNanos(1))),
                    b -> b.retry(RetryPolicy.exponential(Duration.ofMillis(1), MAX_DURATION))),
            ends(
                    "idle",
                    b -> b.idle(IdleStrategy.spin(Duration.ofNanos(1))),
                    b -> b.idle(IdleStrategy.spin(Duration.ofSeconds(1)))),
            ends(
                    "fixedTimeout",
                    b -> b.failureDetector(FailureDetection.fixedTimeout(Duration.ofMillis(10))),
                    b -> b.failureDetector(FailureDetection.fixedTimeout(Duration.ofHours(1)))),
            ends(
                    "heartbeatInterval",
                    b -> b.failureDetector(FailureDetection.phiAccrual().withHeartbeatInterval(Duration.ofMillis(1))),
                    b -> b.failureDetector(
                            FailureDetection.phiAccrual().withHeartbeatInterval(Duration.ofSeconds(10)))),
            ends(
                    "thresholds",
                    b -> b.failureDetector(FailureDetection.phiAccrual().withThresholds(1, Math.nextUp(1))),
                    b -> b.failureDetector(FailureDetection.phiAccrual().withThresholds(Math.nextDown(100), 100))),
            ends(
                    "minimumDeviation and acceptablePause",
                    b -> b.failureDetector(FailureDetection.phiAccrual()
                            .withMinimumDeviation(Duration.ofMillis(1))
                            .withAcceptablePause(Duration.ZERO)),
                    b -> b.failureDetector(FailureDetection.phiAccrual()
                            .withMinimumDeviation(Duration.ofSeconds(10))
                            .withAcceptablePause(Duration.ofHours(1)))));

    /** Settings of the failure detector are one option of the builder, so two of them exclude each other. */
    private static boolean isOfDetector(String setting) {
        return setting.matches(".* (fixedTimeout|heartbeatInterval|thresholds|minimumDeviation and acceptablePause)");
    }

    private static Map<String, UnaryOperator<CoterieBuilder>> ends(
            String name, UnaryOperator<CoterieBuilder> least, UnaryOperator<CoterieBuilder> most) {
        Map<String, UnaryOperator<CoterieBuilder>> ends = new LinkedHashMap<>();
        ends.put("least " + name, least);
        ends.put("most " + name, most);
        return ends;
    }

    @Test
    void everySettingWorksAtItsEndsAloneAndWithEveryOther() {
        for (int i = 0; i < SETTINGS.size(); i++) {
            // With itself, a setting is alone.
            for (int j = i; j < SETTINGS.size(); j++) {
                Map<String, UnaryOperator<CoterieBuilder>> others = SETTINGS.get(j);
                SETTINGS.get(i)
                        .forEach((name, one) -> others.forEach((otherName, other) -> {
                            if (name.equals(otherName)) {
                                assertKeepsAValue(name, one);
                            } else if (others.get(name) == null && !(isOfDetector(name) && isOfDetector(otherName))) {
                                assertKeepsAValue(
                                        name + " with " + otherName, builder -> other.apply(one.apply(builder)));
                            }
                        }));
            }
        }
    }

    /**
     * A replica and a client, as what goes through a connection has limits that a node's own
     * replica does not meet.
     */
    private static void assertKeepsAValue(String what, UnaryOperator<CoterieBuilder> settings) {
        String address = "127.0.0.1:" + LocalCluster.freePort();
        try (Coterie replica = start(settings, "a", address);
                Coterie client = start(settings, "client", address)) {
            replica.awaitReady(PATIENCE);
            Store<String, byte[]> store = store(client);
            store.put("k", new byte[] {1});
            assertArrayEquals(new byte[] {1}, store.get("k"), what);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(what + ": " + e, e);
        }
    }

    private static Coterie start(UnaryOperator<CoterieBuilder> settings, String name, String address) {
        CoterieBuilder builder = Coterie.builder().cluster("test").replica("a", address);
        return settings.apply(name.equals("a") ? builder.self(name) : builder.client(name))
                .start();
    }

    private static Store<String, byte[]> store(Coterie node) {
        return node.store("s", Codec.utf8(), Codec.bytes(), Consistency.strong())
                .withTimeout(PATIENCE);
    }

    @Test
    void theLargestValueThatIsOfferedIsWrittenReadScannedAndWatched() {
        byte[] largest = largestValue();
        String key = "k".repeat(4 << 10);
        String address = "127.0.0.1:" + LocalCluster.freePort();
        UnaryOperator<CoterieBuilder> settings = builder -> builder.maxValueBytes(MAX_VALUE_BYTES);
        try (Coterie replica = start(settings, "a", address);
                Coterie client = start(settings, "client", address)) {
            replica.awaitReady(PATIENCE);
            Store<String, byte[]> store = store(client);
            store.put(key, largest);
            assertArrayEquals(largest, store.get(key));
            assertArrayEquals(largest, store.getAll(List.of(key)).get(key));
            assertArrayEquals(largest, store.scan(Scan.all(), 1).entries().get(key));
            AtomicReference<byte[]> reported = new AtomicReference<>();
            try (Watch watch = store.watch(key, change -> reported.set(change.value()))) {
                assertNotNull(watch);
                Await.until("the watch has reported the value", () -> reported.get() != null);
                assertArrayEquals(largest, reported.get());
            }
        }
    }

    @Test
    void theLargestValueThatIsOfferedIsKept(@TempDir Path directory) {
        byte[] largest = largestValue();
        String address = "127.0.0.1:" + LocalCluster.freePort();
        UnaryOperator<CoterieBuilder> settings =
                builder -> builder.maxValueBytes(MAX_VALUE_BYTES).storage(Storage.directory(directory));
        try (Coterie replica = start(settings, "a", address)) {
            store(replica).put("k", largest);
        }
        try (Coterie replica = start(settings, "a", address)) {
            assertArrayEquals(largest, store(replica).get("k"));
        }
    }

    private static byte[] largestValue() {
        byte[] value = new byte[MAX_VALUE_BYTES];
        new Random(1).nextBytes(value);
        return value;
    }
}
