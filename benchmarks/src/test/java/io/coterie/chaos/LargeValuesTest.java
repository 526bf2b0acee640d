package io.coterie.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.AsyncStore;
import io.coterie.chaos.cluster.ChaosCluster;
import io.coterie.chaos.cluster.Folders;
import io.coterie.chaos.cluster.ReplicaProcess;
import io.coterie.consistency.Consistency;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.OverloadedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A client of three replica processes with so much in flight that its links need seconds for it: 18
 * MB for each replica, over links of 16 MB a second.
 */
class LargeValuesTest {
    private static final List<String> REPLICAS = List.of("a", "b", "c");
    private static final long BYTES_PER_SECOND = 16_000_000;
    private static final int OPERATIONS = 3600;
    private static final int IN_FLIGHT = 900;
    private static final int KEYS = 500;
    private static final int AT_A_TIME = 10;
    private static final byte[] VALUE = new byte[20_000];
    private static final long NEEDED_BYTES = (long) OPERATIONS / 2 * VALUE.length * REPLICAS.size();
    private static final ReplicaProcess.Settings SETTINGS = new ReplicaProcess.Settings(256, Duration.ofSeconds(30));

    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private final Queue<Throwable> unclear = new ConcurrentLinkedQueue<>();
    private final CountDownLatch left = new CountDownLatch(OPERATIONS);

    @Test
    void aClientWithMoreInFlightThanItsLinksCarryResendsNothing() throws Exception {
        Path folder = Folders.empty("large-values");
        try (ChaosCluster cluster = new ChaosCluster(REPLICAS, List.of("x"), folder, SETTINGS)) {
            cluster.start(REPLICAS);
            cluster.awaitVotes(Duration.ofMinutes(2));
            AsyncStore<String, byte[]> store = cluster.clients()
                    .get("x")
                    .store("s", Codec.utf8(), Codec.bytes(), Consistency.strong())
                    .async();
            for (int i = 0; i < KEYS; i += AT_A_TIME) {
                CompletableFuture.allOf(IntStream.range(i, i + AT_A_TIME)
                                .mapToObj(key -> store.put("k" + key, VALUE))
                                .toArray(CompletableFuture[]::new))
                        .join();
            }
            REPLICAS.forEach(replica -> cluster.network().slow("x", replica, 0, BYTES_PER_SECOND));

            long before = sent(cluster);

            for (int i = 0; i < IN_FLIGHT; i++) {
                next(store);
            }
            assertTrue(left.await(4, TimeUnit.MINUTES), () -> left.getCount() + " operations did not end");

            assertEquals(List.of(), List.copyOf(unclear));
            assertTrue(
                    done.get() > OPERATIONS / 2, () -> "only " + done + " of " + OPERATIONS + " operations completed");
            long sent = sent(cluster) - before;
            assertTrue(sent < 2 * NEEDED_BYTES, () -> sent + " bytes were sent, and " + NEEDED_BYTES + " are needed");
        }
        Folders.delete(folder);
    }

    /** Bytes that the client's links have carried to the replicas. */
    private static long sent(ChaosCluster cluster) {
        return REPLICAS.stream()
                .mapToLong(replica -> cluster.network().bytesSent("x", replica))
                .sum();
    }

    /** Begins an operation, which begins another when it ends. */
    private void next(AsyncStore<String, byte[]> store) {
        int number = begun.getAndIncrement();
        if (number >= OPERATIONS) {
            return;
        }
        String key = "k" + number % KEYS;
        CompletableFuture<?> operation = number % 2 == 0 ? store.put(key, VALUE) : store.get(key);
        var unused = operation.whenComplete((result, failure) -> {
            count(failure);
            left.countDown();
            next(store);
        });
    }

    private void count(@Nullable Throwable failure) {
        if (failure == null) {
            done.incrementAndGet();
        } else if (!(failure instanceof OverloadedException
                || failure instanceof QuorumUnavailableException
                || failure instanceof OutcomeUnknownException)) {
            unclear.add(failure);
        }
    }
}
