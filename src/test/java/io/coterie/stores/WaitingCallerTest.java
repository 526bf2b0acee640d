package io.coterie.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Coterie;
import io.coterie.Store;
import io.coterie.WaitInterruptedException;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.cluster.ServingCluster;
import io.coterie.consistency.Consistency;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.CoterieException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Callers who wait on the loop, are interrupted, or look for the place where they failed. */
class WaitingCallerTest {
    @RegisterExtension
    static final ServingCluster cluster = new ServingCluster();

    private static Store<String, String> texts(Coterie node, String name) {
        return node.store(name, Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    @Test
    void aBlockingCallOnTheLoopIsRefusedAtOnce() {
        Store<String, String> store = texts(cluster.node("a"), "loop");
        CountDownLatch chained = new CountDownLatch(1);
        CompletableFuture<String> end = store.async()
                .update("k", before -> {
                    awaitUninterruptibly(chained);
                    return "v";
                })
                .thenApply(value -> {
                    store.put("k", "w");
                    return value;
                });
        chained.countDown();

        CompletionException thrown = assertThrows(CompletionException.class, end::join);

        IllegalStateException refusal = (IllegalStateException) Objects.requireNonNull(thrown.getCause());
        assertTrue(String.valueOf(refusal.getMessage()).contains("use async()"), refusal.getMessage());
        assertEquals("v", store.get("k"), "what was refused is not done all the same");
    }

    @Test
    void anInterruptEndsTheWaitOfAReadThatNobodyAnswers() {
        try (Coterie lonely = Coterie.builder()
                .cluster("lonely")
                .client("x")
                .replica("a", "127.0.0.1:" + LocalCluster.freePort())
                .operationTimeout(Duration.ofMinutes(5))
                .start()) {
            Store<String, String> store = texts(lonely, "interrupts");

            Thread.currentThread().interrupt();
            WaitInterruptedException read = assertThrows(WaitInterruptedException.class, () -> store.get("k"));

            assertTrue(Thread.interrupted());
            assertFalse(read.maybeExecuted());
        }
    }

    @Test
    void anInterruptEndsTheWaitAndStaysSet() throws Exception {
        Store<String, String> store = texts(cluster.node("a"), "interrupts");
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<CoterieException> thrown = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                store.update("k", before -> {
                    running.countDown();
                    awaitUninterruptibly(release);
                    return "v";
                });
                thrown.complete(null);
            } catch (CoterieException e) {
                thrown.complete(Thread.currentThread().isInterrupted() ? e : null);
            }
        });
        caller.start();
        assertTrue(running.await(60, TimeUnit.SECONDS));

        caller.interrupt();

        CoterieException change = thrown.get(60, TimeUnit.SECONDS);
        assertEquals(WaitInterruptedException.class, change.getClass());
        assertTrue(change.maybeExecuted());
        release.countDown();
        Await.until("the change continues", () -> "v".equals(store.get("k")));
    }

    @Test
    void aFailureShowsWhereTheOperationWasCalled() {
        try (Coterie client = Coterie.builder()
                .cluster("test")
                .client("y")
                .replica("z", "127.0.0.1:" + LocalCluster.freePort())
                .operationTimeout(Duration.ofMillis(50))
                .start()) {
            CoterieException failure = assertThrows(CoterieException.class, () -> putInto(texts(client, "away")));
            assertTrue(
                    Arrays.stream(failure.getSuppressed()[0].getStackTrace())
                            .anyMatch(frame -> frame.getMethodName().equals("putInto")),
                    "the stack trace of the loop alone does not help a user");
        }
    }

    private static void putInto(Store<String, String> store) {
        store.put("k", "v");
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
