package io.coterie.usercode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Coterie;
import io.coterie.Store;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.coordination.Latch;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.OverloadedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Stages that begin another operation in place of each that is refused: they run on the loop, and
 * must not run out of stack.
 */
class RefusedOnTheLoopTest {
    private static final int REFUSALS = 50_000;

    private static final LocalCluster cluster = LocalCluster.inMemory();

    private final AtomicInteger refused = new AtomicInteger();
    private final CompletableFuture<Integer> atTheEnd = new CompletableFuture<>();

    @BeforeAll
    static void start() {
        cluster.startAll();
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    @Test
    void aStageMayBeginAnotherStoreOperationInPlaceOfEachThatIsRefused() throws InterruptedException {
        try (Coterie client = cluster.builder("x").maxOperations(1).start()) {
            Store<String, String> store = client.store("s", Codec.utf8(), Codec.utf8(), Consistency.strong());
            CompletableFuture<@Nullable Void> release = new CompletableFuture<>();
            CountDownLatch running = new CountDownLatch(1);
            CompletableFuture<String> held = store.async().update("k", before -> {
                running.countDown();
                release.join();
                return "v";
            });
            assertTrue(running.await(60, TimeUnit.SECONDS));

            refuseOnTheLoop(store, () -> store.async().get("other"));

            release.complete(null);
            held.join();
        }
    }

    @Test
    void aStageMayBeginAnotherAcquisitionInPlaceOfEachThatIsRefused() {
        try (Coterie client = cluster.builder("y").maxOperations(1).start()) {
            Store<String, String> store = client.store("s", Codec.utf8(), Codec.utf8(), Consistency.strong());
            Latch latch = client.coordination("c").latch("never", 1);
            CompletableFuture<?> held = latch.async().await(Duration.ofMinutes(10));

            refuseOnTheLoop(store, latch.async()::remaining);

            held.cancel(false);
        }
    }

    private void refuseOnTheLoop(Store<String, String> store, Supplier<CompletableFuture<?>> operation) {
        onLoop(store, Thread.currentThread(), () -> next(operation));
        Await.until("the last one is refused", atTheEnd::isDone);
        assertEquals(REFUSALS, atTheEnd.join());
    }

    /** A stage of what has ended already would run here. */
    private static void onLoop(Store<?, ?> store, Thread here, Runnable task) {
        var unused = store.readyAsync().thenRun(() -> {
            if (Thread.currentThread() == here) {
                onLoop(store, here, task);
            } else {
                task.run();
            }
        });
    }

    private void next(Supplier<CompletableFuture<?>> operation) {
        var unused = operation.get().whenComplete((result, failure) -> {
            if (failure instanceof OverloadedException && refused.incrementAndGet() < REFUSALS) {
                next(operation);
            } else {
                atTheEnd.complete(refused.get());
            }
        });
    }
}
