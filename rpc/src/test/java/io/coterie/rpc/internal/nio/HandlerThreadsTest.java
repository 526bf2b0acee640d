package io.coterie.rpc.internal.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Scheduler;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The threads of a node where there are no virtual ones. */
class HandlerThreadsTest {
    private static final int THREADS = 2;
    private static final int MAX_WAITING = 1024;

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
    private final HandlerThreads threads = HandlerThreads.startPlatform("coterie-a", byHand, THREADS);
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
    void theOneTooManyIsToldWhatIsFull() throws InterruptedException {
        block(THREADS);
        for (int i = 0; i < MAX_WAITING; i++) {
            listeners.execute(() -> {});
        }

        RejectedExecutionException full =
                assertThrows(RejectedExecutionException.class, () -> listeners.execute(() -> {}));
        assertEquals("2 watch listeners run and 1024 wait already", full.getMessage());
    }

    @Test
    void thoseThatLetNoneBeginAreToldOfOnceUntilOneReturns() throws InterruptedException {
        try (LogText log = new LogText()) {
            block(THREADS);
            assertEquals(0, timers.size(), "nobody waits");
            CountDownLatch waiting = run(listeners);

            timers.remove().run();
            timers.remove().run();

            assertEquals(1, log.count("coterie-a: 2 watch listeners run, which is as many as may"), log::toString);
            assertTrue(log.contains("1 more wait"), log::toString);
            release.countDown();
            assertTrue(waiting.await(60, TimeUnit.SECONDS));
            timers.remove().run();
            assertEquals(0, timers.size(), "nobody waits any more");
            assertEquals(1, log.count("which is as many as may"), log::toString);
        }
    }

    @Test
    void whatIsAskedOfAClosedNodeIsRejected() {
        threads.close();

        assertThrows(RejectedExecutionException.class, () -> listeners.execute(() -> {}));
        assertThrows(RejectedExecutionException.class, () -> threads.of("late").execute(() -> {}));
    }

    private void block(int tasks) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(tasks);
        for (int i = 0; i < tasks; i++) {
            listeners.execute(() -> {
                begun.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        assertTrue(begun.await(60, TimeUnit.SECONDS));
    }

    private static CountDownLatch run(Executor executor) {
        CountDownLatch ran = new CountDownLatch(1);
        executor.execute(ran::countDown);
        return ran;
    }
}
