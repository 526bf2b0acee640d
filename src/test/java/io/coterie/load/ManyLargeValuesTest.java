package io.coterie.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.AsyncStore;
import io.coterie.Coterie;
import io.coterie.CoterieBuilder;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.cluster.SlowLink;
import io.coterie.consistency.Consistency;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.OverloadedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A client with so much in flight that its links need seconds for it: 18 MB for each of three
 * replicas, over links of 16 MB a second. What is refused it asks for again, after the pause that
 * the refusal names.
 */
class ManyLargeValuesTest {
    private static final long BYTES_PER_SECOND = 16_000_000;
    private static final int OPERATIONS = 3600;
    private static final int IN_FLIGHT = 900;
    private static final int KEYS = 500;
    private static final long RETRY_MILLIS = 100;
    private static final byte[] VALUE = new byte[20_000];

    private final LocalCluster cluster = LocalCluster.inMemory();
    private final List<SlowLink> links = new ArrayList<>();
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private final Queue<Throwable> unclear = new ConcurrentLinkedQueue<>();
    private Coterie client;
    private AsyncStore<String, byte[]> store;

    @BeforeEach
    void start() {
        cluster.startAll();
        CoterieBuilder builder =
                Coterie.builder().cluster("test").client("client").operationTimeout(Duration.ofSeconds(10));
        for (String replica : List.of("a", "b", "c")) {
            SlowLink link = new SlowLink(cluster.port(replica), BYTES_PER_SECOND);
            links.add(link);
            builder.replica(replica, link.address());
        }
        client = builder.start();
        store = client.store("s", Codec.utf8(), Codec.bytes(), Consistency.strong())
                .async();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        cluster.close();
        for (SlowLink link : links) {
            link.close();
        }
    }

    @Test
    void aClientKeepsCompletingWithMoreInFlightThanItsLinksCarry() {
        AsyncStore<String, byte[]> near = cluster.node("a")
                .store("s", Codec.utf8(), Codec.bytes(), Consistency.strong())
                .async();
        for (int i = 0; i < KEYS; i++) {
            near.put("k" + i, VALUE).join();
        }

        for (int i = 0; i < IN_FLIGHT; i++) {
            next();
        }
        Await.until("all operations end", TimeUnit.MINUTES.toNanos(3), () -> ended.get() == OPERATIONS);

        assertEquals(List.of(), List.copyOf(unclear));
        assertTrue(
                done.get() > OPERATIONS / 2,
                () -> "only " + done + " of " + OPERATIONS + " operations completed, refused " + refused + " times");
    }

    /** Begins an operation, after which comes another. */
    private void next() {
        int number = begun.getAndIncrement();
        if (number < OPERATIONS) {
            begin(number);
        }
    }

    private void begin(int number) {
        String key = "k" + number % KEYS;
        CompletableFuture<?> operation = number % 2 == 0 ? store.put(key, VALUE) : store.get(key);
        var unused = operation.whenComplete((result, failure) -> {
            if (failure instanceof OverloadedException refusal) {
                refused.incrementAndGet();
                Duration pause = refusal.retryAfter();
                CompletableFuture.delayedExecutor(
                                pause == null ? RETRY_MILLIS : pause.toMillis() + 1, TimeUnit.MILLISECONDS)
                        .execute(() -> begin(number));
            } else {
                ended(failure);
                next();
            }
        });
    }

    private void ended(@Nullable Throwable failure) {
        if (failure == null) {
            done.incrementAndGet();
        } else if (!(failure instanceof QuorumUnavailableException || failure instanceof OutcomeUnknownException)) {
            unclear.add(failure);
        }
        ended.incrementAndGet();
    }
}
