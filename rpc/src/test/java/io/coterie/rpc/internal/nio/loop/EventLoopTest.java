package io.coterie.rpc.internal.nio.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLoopTest {
    private final EventLoop loop = EventLoop.start("loop");

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void aTaskThatThrowsDoesNotStopIt() {
        loop.execute(() -> {
            throw new IllegalStateException("a bug, on purpose");
        });

        assertTrue(CompletableFuture.supplyAsync(loop::inLoop, loop::execute).join());
    }

    @Test
    void tasksOfOneThreadRunInTheOrderOfTheirHandOver() {
        List<Integer> order = new ArrayList<>();
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            int number = i;
            expected.add(number);
            loop.execute(() -> order.add(number));
        }

        CompletableFuture.runAsync(() -> {}, loop::execute).join();

        assertEquals(expected, order);
    }

    @Test
    void timersRunInTheOrderOfTheirTimeAndNotBefore() throws InterruptedException {
        List<String> order = new ArrayList<>();
        CountDownLatch ended = new CountDownLatch(1);
        long start = System.nanoTime();
        loop.execute(() -> {
            loop.schedule(TimeUnit.MILLISECONDS.toNanos(30), () -> {
                order.add("30");
                ended.countDown();
            });
            Scheduler.Timer cancelled = loop.schedule(TimeUnit.MILLISECONDS.toNanos(5), () -> order.add("never"));
            loop.schedule(TimeUnit.MILLISECONDS.toNanos(10), () -> order.add("10"));
            loop.schedule(0, () -> order.add("0"));
            loop.schedule(-5, () -> order.add("-5"));
            cancelled.cancel();
        });

        assertTrue(ended.await(60, TimeUnit.SECONDS));

        assertEquals(List.of("0", "-5", "10", "30"), order);
        assertTrue(System.nanoTime() - start >= Duration.ofMillis(30).toNanos());
    }

    @Test
    void noTaskOfManyThreadsIsMissedWhileItFallsAsleep() {
        Random random = new Random(1);
        for (int round = 0; round < 20_000; round++) {
            // Some hundred nanoseconds, so that tasks come at each step of its falling asleep.
            for (int pause = random.nextInt(100); pause > 0; pause--) {
                Thread.onSpinWait();
            }
            assertTrue(CompletableFuture.supplyAsync(() -> true, loop::execute)
                    .orTimeout(60, TimeUnit.SECONDS)
                    .join());
        }
    }

    @Test
    void whatWasHandedOverBeforeItsEndStillRuns() {
        List<Integer> ran = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            int number = i;
            loop.execute(() -> ran.add(number));
        }

        loop.close();

        assertEquals(50_000, ran.size());
    }

    @Test
    void afterItsEndATaskIsRefused() {
        loop.close();

        assertFalse(loop.execute(() -> {}));
    }

    @Test
    void aTaskHandedOverAtItsEndEitherRunsOrIsRefused() {
        for (int round = 0; round < 300; round++) {
            EventLoop ending = EventLoop.start("ending");
            AtomicInteger ran = new AtomicInteger();
            CompletableFuture<Integer> taken = CompletableFuture.supplyAsync(() -> {
                int count = 0;
                while (ending.execute(ran::incrementAndGet)) {
                    count++;
                    Thread.onSpinWait();
                }
                return count;
            });
            ending.execute(() -> {});

            ending.close();

            assertEquals(taken.orTimeout(60, TimeUnit.SECONDS).join(), ran.get());
        }
    }

    @Test
    void aTaskAtItsEndThatHandsOverAnotherIsNotLostEither() {
        CompletableFuture<String> last = new CompletableFuture<>();
        loop.execute(() -> {
            loop.close();
            assertTrue(loop.execute(() -> loop.execute(() -> last.complete("ran"))));
        });

        assertEquals("ran", last.orTimeout(60, TimeUnit.SECONDS).join());
    }
}
