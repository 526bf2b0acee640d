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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A client that is asked for ten times what its links carry, 2 MB a second each way: puts and gets
 * of 20 KB by turns, of 2 s each.
 */
class OverloadedClientTest {
    private static final long BYTES_PER_SECOND = 2_000_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int FEW = 16;
    private static final int KEYS = 200;
    private static final int MEASURED = 600;
    private static final long TICK_NANOS = Duration.ofMillis(5).toNanos();
    private static final byte[] VALUE = new byte[20_000];

    private final LocalCluster cluster = LocalCluster.inMemory();
    private final List<SlowLink> links = new ArrayList<>();
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger inTime = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger late = new AtomicInteger();
    private final Queue<Throwable> unclear = new ConcurrentLinkedQueue<>();
    private Coterie client;
    private AsyncStore<String, byte[]> store;

    @BeforeEach
    void start() {
        cluster.startAll();
        CoterieBuilder builder = Coterie.builder().cluster("test").client("client");
        for (String replica : List.of("a", "b", "c")) {
            SlowLink link = new SlowLink(cluster.port(replica), BYTES_PER_SECOND);
            links.add(link);
            builder.replica(replica, link.address());
        }
        client = builder.start();
        store = client.store("s", Codec.utf8(), Codec.bytes(), Consistency.strong())
                .async();
        AsyncStore<String, byte[]> near = cluster.node("a")
                .store("s", Codec.utf8(), Codec.bytes(), Consistency.strong())
                .async();
        for (int i = 0; i < KEYS; i++) {
            near.put("k" + i, VALUE).join();
        }
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
    void mostOfWhatTheLinksCarryEndsInTimeAndTheRestIsRefusedAtOnce() {
        double most = perSecondWithFewInFlight();

        double withTooMuch = perSecondOf(10 * most, Duration.ofSeconds(10));

        assertEquals(List.of(), List.copyOf(unclear));
        String found = inTime + " in time, " + late + " late and " + refused + " refused, " + withTooMuch
                + " a second of " + most;
        assertTrue(withTooMuch > 0.5 * most, found);
        assertTrue(late.get() < refused.get() / 10, found);
    }

    private double perSecondWithFewInFlight() {
        long start = System.nanoTime();
        AsyncStore<String, byte[]> patient = store.withTimeout(PATIENCE);
        while (begun.get() < MEASURED) {
            Await.until("one of a few ends", () -> begun.get() - ended.get() < FEW);
            begin(patient);
        }
        Await.until("the last of a few ends", () -> ended.get() == MEASURED);
        assertEquals(MEASURED, inTime.getAndSet(0));
        return MEASURED / seconds(start);
    }

    private double perSecondOf(double offered, Duration time) {
        AsyncStore<String, byte[]> hurried = store.withTimeout(TIMEOUT);
        int before = begun.get();
        double owed = 0;
        long start = System.nanoTime();
        for (long last = start, now = start; now - start < time.toNanos(); now = System.nanoTime()) {
            // What a busy machine does not come to is not offered all at once.
            owed += offered * Math.min(now - last, 4 * TICK_NANOS) / 1e9;
            last = now;
            while (begun.get() - before < owed) {
                begin(hurried);
            }
            LockSupport.parkNanos(TICK_NANOS);
        }
        double found = inTime.get() / seconds(start);
        Await.until("all operations end", () -> ended.get() == begun.get());
        return found;
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private void begin(AsyncStore<String, byte[]> with) {
        int number = begun.getAndIncrement();
        String key = "k" + number / 2 % KEYS;
        CompletableFuture<?> operation = number % 2 == 0 ? with.put(key, VALUE) : with.get(key);
        var unused = operation.whenComplete((result, failure) -> {
            count(failure);
            ended.incrementAndGet();
        });
    }

    private void count(@Nullable Throwable failure) {
        if (failure == null) {
            inTime.incrementAndGet();
        } else if (failure instanceof OverloadedException) {
            refused.incrementAndGet();
        } else if (failure instanceof QuorumUnavailableException || failure instanceof OutcomeUnknownException) {
            late.incrementAndGet();
        } else {
            unclear.add(failure);
        }
    }
}
