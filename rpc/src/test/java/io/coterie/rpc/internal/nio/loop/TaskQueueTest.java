package io.coterie.rpc.internal.nio.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TaskQueueTest {
    private static final int PRODUCERS = 3;

    private final TaskQueue queue = new TaskQueue();

    /** A task that differs from others, and is never run. */
    private record Numbered(int producer, int number) implements Runnable {
        @Override
        public void run() {
            throw new AssertionError("not to be run");
        }
    }

    @Test
    void tasksComeOutAsTheyWentInOverTheEdgesOfChunks() {
        int in = 0;
        int out = 0;
        // Lengths that end before, at and behind an edge, from different places.
        for (int length : new int[] {1, TaskQueue.CHUNK_TASKS - 1, 1, TaskQueue.CHUNK_TASKS, 700, 0, 323}) {
            for (int i = 0; i < length; i++) {
                assertTrue(queue.offer(new Numbered(0, in++)));
                assertFalse(queue.isEmpty());
            }
            while (out < in) {
                assertFalse(queue.isEmpty());
                assertEquals(new Numbered(0, out++), queue.poll());
            }
            assertTrue(queue.isEmpty());
            assertNull(queue.poll());
        }
    }

    @Test
    void aClosedQueueGivesWhatItTookAndTakesNoMore() {
        for (int taken :
                new int[] {0, 1, TaskQueue.CHUNK_TASKS - 1, TaskQueue.CHUNK_TASKS, TaskQueue.CHUNK_TASKS + 1}) {
            TaskQueue closed = new TaskQueue();
            for (int i = 0; i < taken; i++) {
                assertTrue(closed.offer(new Numbered(0, i)));
            }

            closed.close();

            assertFalse(closed.offer(new Numbered(0, -1)));
            for (int i = 0; i < taken; i++) {
                assertEquals(new Numbered(0, i), closed.pollClosed());
            }
            assertNull(closed.pollClosed());
            assertNull(closed.pollClosed());
            assertFalse(closed.offer(new Numbered(0, -1)));
        }
    }

    @Test
    void eachProducersTasksComeOutInTheirOrderAndOnce() throws InterruptedException {
        int each = 100_000;
        List<CompletableFuture<Integer>> producers = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(PRODUCERS);
        for (int producer = 0; producer < PRODUCERS; producer++) {
            int name = producer;
            producers.add(CompletableFuture.supplyAsync(() -> produce(name, each), threads));
        }
        int[] next = new int[PRODUCERS];
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        for (int left = PRODUCERS * each; left > 0; ) {
            Numbered task = (Numbered) queue.poll();
            if (task != null) {
                assertEquals(next[task.producer]++, task.number);
                left--;
            } else {
                assertTrue(System.nanoTime() < end, left + " tasks never came");
                Thread.onSpinWait();
            }
        }
        assertTrue(queue.isEmpty());
        threads.shutdown();
        assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
        producers.forEach(producer -> assertEquals(each, producer.join()));
    }

    @Test
    void whatIsAddedWhileItClosesComesOutExactlyIfItWasTaken() throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(PRODUCERS);
        for (int round = 0; round < 100; round++) {
            TaskQueue closing = new TaskQueue();
            CountDownLatch started = new CountDownLatch(PRODUCERS);
            List<CompletableFuture<Integer>> producers = new ArrayList<>();
            for (int producer = 0; producer < PRODUCERS; producer++) {
                int name = producer;
                producers.add(CompletableFuture.supplyAsync(
                        () -> {
                            started.countDown();
                            int taken = 0;
                            while (closing.offer(new Numbered(name, taken))) {
                                taken++;
                            }
                            return taken;
                        },
                        threads));
            }
            assertTrue(started.await(60, TimeUnit.SECONDS));

            closing.close();

            int[] next = new int[PRODUCERS];
            for (Numbered task = (Numbered) closing.pollClosed();
                    task != null;
                    task = (Numbered) closing.pollClosed()) {
                assertEquals(next[task.producer]++, task.number);
            }
            for (int producer = 0; producer < PRODUCERS; producer++) {
                assertEquals(producers.get(producer).join(), next[producer], "round " + round);
            }
        }
        threads.shutdown();
    }

    private int produce(int producer, int count) {
        for (int i = 0; i < count; i++) {
            assertTrue(queue.offer(new Numbered(producer, i)));
        }
        return count;
    }
}
