package io.coterie.benchmarks.overload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.benchmarks.harness.Progress;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.error.DeadlineExceededException;
import io.coterie.rpc.error.OverloadedException;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OpenLoadTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @Test
    void callsBeginAtTheirRateEvenIfNoneEnds() throws Exception {
        Queue<CompletableFuture<byte[]>> calls = new ConcurrentLinkedQueue<>();
        OpenLoad load = new OpenLoad(
                () -> {
                    CompletableFuture<byte[]> call = new CompletableFuture<>();
                    calls.add(call);
                    return call;
                },
                1000,
                DEADLINE);

        Progress progress = new Progress();
        long start = System.nanoTime();
        load.start(progress);
        while (calls.size() < 200) {
            assertTrue(System.nanoTime() - start < 20_000_000_000L, () -> "only " + calls.size() + " calls came");
            Thread.onSpinWait();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        assertTrue(seconds > 0.1, () -> "200 calls at 1000 a second came in " + seconds + " s");
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(load::stop);
        while (!stopped.isDone()) {
            calls.forEach(call -> call.complete(new byte[0]));
        }
        stopped.get();

        assertEquals(calls.size(), load.outcomes().allAnswered());
        assertEquals(load.outcomes().allBegun(), load.outcomes().allAnswered());
        assertTrue(load.outcomes().behindQuantile(0.1) < 50_000_000, "calls began when they were due");
        assertTrue(load.outcomes().quantile(1) > 50_000_000, "the first call ended when the last had come");
    }

    @Test
    void eachEndIsCountedOnce() {
        AtomicInteger calls = new AtomicInteger();
        OpenLoad load = new OpenLoad(
                () -> switch (calls.getAndIncrement() % 4) {
                    case 0, 1 -> CompletableFuture.completedFuture(new byte[0]);
                    case 2 -> CompletableFuture.failedFuture(new OverloadedException("on purpose"));
                    default -> CompletableFuture.failedFuture(new DeadlineExceededException("on purpose", true));
                },
                100_000,
                DEADLINE);

        Progress progress = new Progress();
        load.start(progress);
        progress.await(1000);
        load.stop();

        Outcomes outcomes = load.outcomes();
        int all = calls.get();
        assertEquals(all, outcomes.allBegun());
        assertEquals((all + 3) / 4 + (all + 2) / 4, outcomes.allAnswered());
        assertEquals((all + 1) / 4, outcomes.allRefused());
        assertEquals(all / 4, outcomes.allLate());
    }

    @Test
    void anAnswerPastTheDeadlineIsLate() {
        OpenLoad load =
                new OpenLoad(() -> CompletableFuture.completedFuture(new byte[0]), 100_000, Duration.ofNanos(1));

        Progress progress = new Progress();
        load.start(progress);
        progress.await(100);
        load.stop();

        assertEquals(load.outcomes().allBegun(), load.outcomes().allLate());
    }

    @Test
    void anOperationWithoutAQuorumIsLate() {
        AtomicInteger calls = new AtomicInteger();
        OpenLoad load = new OpenLoad(
                () -> CompletableFuture.failedFuture(
                        calls.getAndIncrement() % 2 == 0
                                ? new QuorumUnavailableException("on purpose", Map.of())
                                : new OutcomeUnknownException("on purpose", Map.of())),
                100_000,
                DEADLINE);

        Progress progress = new Progress();
        load.start(progress);
        progress.await(100);
        load.stop();

        assertEquals(calls.get(), load.outcomes().allLate());
    }

    @Test
    void aCallThatBeginsLateCountsFromWhenItWasDue() {
        AtomicInteger calls = new AtomicInteger();
        OpenLoad load = new OpenLoad(
                () -> {
                    long end = System.nanoTime() + 300_000_000;
                    while (calls.get() == 0 && System.nanoTime() < end) {
                        Thread.onSpinWait();
                    }
                    calls.incrementAndGet();
                    return CompletableFuture.completedFuture(new byte[0]);
                },
                1000,
                Duration.ofMillis(50));

        Progress progress = new Progress();
        load.start(progress);
        progress.await(300);
        load.stop();

        assertTrue(load.outcomes().allLate() > 100, () -> load.outcomes().allLate() + " calls were late");
        assertTrue(load.outcomes().behindQuantile(1) > 200_000_000);
    }

    @Test
    void anyOtherFailureEndsTheRun() {
        OpenLoad load = new OpenLoad(
                () -> CompletableFuture.failedFuture(new IllegalStateException("on purpose")), 1000, DEADLINE);

        Progress progress = new Progress();
        load.start(progress);

        assertThrows(IllegalStateException.class, () -> progress.await(1000));
        load.stop();
    }
}
