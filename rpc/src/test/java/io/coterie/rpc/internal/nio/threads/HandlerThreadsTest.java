package io.coterie.rpc.internal.nio.threads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.internal.nio.LogText;
import io.coterie.rpc.spi.Scheduler;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The threads of a node where there are no virtual ones. */
class HandlerThreadsTest {
    private static final int THREADS = 2;
    private static final int MAX_WAITING = 1024;
    private static final long LONG_NANOS = KindThreads.LONG_NANOS;

    private final Queue<Runnable> timers = new ArrayDeque<>();
    private final Scheduler byHand = new Scheduler() {
        @Override
        public boolean execute(Runnable task) {
            task.run();
            return true;
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            timers.add(task);
            return () -> {};
        }

        @Override
        public boolean inLoop() {
            return true;
        }
    };
    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger begun = new AtomicInteger();
    private final HandlerThreads threads = HandlerThreads.startPlatform("coterie-a", byHand, THREADS, now::get);
    private final Executor listeners = threads.of("watch listeners");
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void close() {
        release.countDown();
        threads.close();
    }

    @Test
    void tasksThatBlockHoldUpNoneOfAnotherKind() throws InterruptedException {
        block(THREADS);
        CountDownLatch own = run(listeners);

        assertTrue(run(threads.of("leadership listeners")).await(60, TimeUnit.SECONDS));
        assertEquals(1, own.getCount());

        release.countDown();
        assertTrue(own.await(60, TimeUnit.SECONDS), "what waits is called when one returns");
        assertSame(listeners, threads.of("watch listeners"));
    }

    @Test
    void theOneTooManyLearnsWhatIsFull() throws InterruptedException {
        block(THREADS);
        for (int i = 0; i < MAX_WAITING; i++) {
            listeners.execute(() -> {});
        }

        RejectedExecutionException full =
                assertThrows(RejectedExecutionException.class, () -> listeners.execute(() -> {}));
        assertEquals("2 watch listeners run and 1024 wait already", full.getMessage());
    }

    @Test
    void thoseThatDoNotReturnHoldUpNoneOfTheirKind() throws InterruptedException {
        block(THREADS);
        CountDownLatch waiting = run(listeners);
        assertEquals(1, timers.size());

        look(LONG_NANOS - 1);
        assertEquals(1, waiting.getCount(), "those that run may return in a moment");
        look(1);

        assertTrue(waiting.await(60, TimeUnit.SECONDS));
        block(THREADS);
        CountDownLatch behind = run(listeners);
        look(LONG_NANOS);
        assertTrue(behind.await(60, TimeUnit.SECONDS));
    }

    @Test
    void thatWhichDoesNotReturnIsReportedOnceByItsStack() throws InterruptedException {
        try (LogText log = new LogText()) {
            block(THREADS);
            run(listeners);
            look(LONG_NANOS);
            assertEquals(0, log.count("watch listeners"), log::toString);

            look(KindThreads.REPORTED_NANOS);
            look(KindThreads.REPORTED_NANOS);

            assertEquals(
                    1, log.count("coterie-a: 2 watch listeners have run for more than 1 s, and each keeps a thread"));
            assertEquals(1, log.count("others run on further threads, of which there are up to 512"));
            assertTrue(log.contains("HandlerThreadsTest.awaitRelease"), log::toString);
            release.countDown();
            Await.until("the end of looks", () -> {
                look(LONG_NANOS);
                return timers.isEmpty();
            });
            assertEquals(1, log.count("watch listeners have run"), log::toString);
        }
    }

    @Test
    void thereAreOnlySoManyThreadsForThoseThatDoNotReturn() throws InterruptedException {
        try (LogText log = new LogText()) {
            block(THREADS);
            for (int i = 0; i < KindThreads.MAX_THREADS; i++) {
                listeners.execute(this::begin);
            }
            while (begun.get() < KindThreads.MAX_THREADS) {
                int before = begun.get();
                look(LONG_NANOS);
                Await.until("more threads", () -> begun.get() == before + THREADS);
            }
            look(KindThreads.REPORTED_NANOS);

            assertEquals(1, log.count("512 watch listeners have run for more than 1 s"), log::toString);
            assertEquals(1, log.count("2 more wait until one returns"), log::toString);
            assertEquals(KindThreads.MAX_THREADS, begun.get());
        }
    }

    @Test
    void whatIsAskedOfAClosedNodeIsRejected() {
        threads.close();

        assertThrows(RejectedExecutionException.class, () -> listeners.execute(() -> {}));
        assertThrows(RejectedExecutionException.class, () -> threads.of("late").execute(() -> {}));
    }

    private void look(long after) {
        now.addAndGet(after);
        Runnable timer = timers.poll();
        if (timer != null) {
            timer.run();
        }
    }

    private void block(int tasks) {
        int before = begun.get();
        for (int i = 0; i < tasks; i++) {
            listeners.execute(this::begin);
        }
        Await.until("calls", () -> begun.get() == before + tasks);
    }

    private void begin() {
        begun.incrementAndGet();
        awaitRelease();
    }

    private void awaitRelease() {
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static CountDownLatch run(Executor executor) {
        CountDownLatch ran = new CountDownLatch(1);
        executor.execute(ran::countDown);
        return ran;
    }
}
