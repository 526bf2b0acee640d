package io.coterie.rpc.internal.nio.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.IdleStrategy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a loop does when there is nothing to do. */
class IdleLoopTest {
    private static final IdleStrategy LONG_SPIN = IdleStrategy.spin(Duration.ofSeconds(1));

    /** Sleeps until it is let go, whoever wakes it. */
    private static class ScriptedSelector extends Selector {
        final AtomicInteger polls = new AtomicInteger();
        final AtomicInteger sleeps = new AtomicInteger();
        final AtomicInteger wakeups = new AtomicInteger();
        final Semaphore letGo = new Semaphore(0);
        private volatile boolean open = true;
        volatile Runnable poll = () -> {};

        @Override
        public int selectNow(Consumer<SelectionKey> action) {
            polls.incrementAndGet();
            poll.run();
            return 0;
        }

        @Override
        public int select(Consumer<SelectionKey> action, long timeout) {
            sleeps.incrementAndGet();
            if (timeout > 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(timeout));
            } else if (open) {
                letGo.acquireUninterruptibly();
            }
            return 0;
        }

        @Override
        public Selector wakeup() {
            wakeups.incrementAndGet();
            return this;
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public SelectorProvider provider() {
            return SelectorProvider.provider();
        }

        @Override
        public Set<SelectionKey> keys() {
            return Set.of();
        }

        @Override
        public Set<SelectionKey> selectedKeys() {
            return Set.of();
        }

        @Override
        public int selectNow() {
            throw new AssertionError("would allocate for each key");
        }

        @Override
        public int select(long timeout) {
            throw new AssertionError("would allocate for each key");
        }

        @Override
        public int select() {
            throw new AssertionError("would allocate for each key");
        }

        @Override
        public void close() {
            open = false;
            letGo.release();
        }
    }

    @Test
    void manyTasksInOneSleepCostOneWakeup() {
        ScriptedSelector selector = new ScriptedSelector();
        try (EventLoop loop = EventLoop.start("loop", IdleStrategy.block(), selector);
                selector) {
            Await.until("sleep", () -> selector.sleeps.get() == 1);
            CountDownLatch ran = new CountDownLatch(3);

            for (int i = 0; i < 3; i++) {
                assertTrue(loop.execute(ran::countDown));
            }

            assertEquals(1, selector.wakeups.get());
            assertEquals(3, ran.getCount());
            selector.letGo.release();
            Await.until("tasks", () -> ran.getCount() == 0);
            Await.until("next sleep", () -> selector.sleeps.get() == 2);

            assertTrue(loop.execute(() -> {}));

            assertEquals(2, selector.wakeups.get());
        }
    }

    @Test
    void afterATurnWithManyFramesItPollsBeforeItSleeps() {
        assertTrue(pollsAfter(EventLoop.MANY_FRAMES) > 0);
    }

    @Test
    void afterATurnWithFewFramesItSleepsAtOnce() {
        assertEquals(0, pollsAfter(EventLoop.MANY_FRAMES - 1));
    }

    /**
     * How often a loop that blocks polls between a turn in which so many frames came and its next
     * sleep.
     */
    private static int pollsAfter(int frames) {
        ScriptedSelector selector = new ScriptedSelector();
        try (EventLoop loop = EventLoop.start("loop", IdleStrategy.block(), selector);
                selector) {
            Await.until("sleep", () -> selector.sleeps.get() == 1);
            loop.execute(() -> {
                for (int i = 0; i < frames; i++) {
                    loop.frameCame();
                }
            });
            selector.letGo.release();

            Await.until("next sleep", () -> selector.sleeps.get() == 2);

            return selector.polls.get();
        }
    }

    @Test
    void aTaskThatComesWhileItPollsIsSeenWithoutWakeupOrSleep() {
        ScriptedSelector selector = new ScriptedSelector();
        CompletableFuture<EventLoop> started = new CompletableFuture<>();
        CompletableFuture<Integer> polls = new CompletableFuture<>();
        selector.poll = () -> {
            selector.poll = () -> {};
            // On another thread, which the poll waits for: it is handed over in the midst of it.
            CompletableFuture.runAsync(() -> started.join().execute(() -> polls.complete(selector.polls.get())))
                    .join();
        };
        try (EventLoop loop = EventLoop.start("loop", LONG_SPIN, selector);
                selector) {
            started.complete(loop);

            assertEquals(1, polls.orTimeout(60, TimeUnit.SECONDS).join());
            assertEquals(0, selector.wakeups.get());
        }
    }

    @Test
    void aSocketIsSeenWhileItPolls() throws IOException {
        Pipe pipe = Pipe.open();
        pipe.source().configureBlocking(false);
        try (EventLoop loop = EventLoop.start("loop", LONG_SPIN)) {
            CompletableFuture<Long> sleeps = new CompletableFuture<>();
            loop.execute(() -> {
                try {
                    long before = loop.sleeps();
                    loop.register(pipe.source(), SelectionKey.OP_READ, key -> {
                        key.cancel();
                        sleeps.complete(loop.sleeps() - before);
                    });
                    // Nothing else comes: the loop finds this byte or none.
                    pipe.sink().write(ByteBuffer.allocate(1));
                } catch (IOException e) {
                    sleeps.completeExceptionally(e);
                }
            });

            assertEquals(0, sleeps.orTimeout(60, TimeUnit.SECONDS).join());
        } finally {
            pipe.sink().close();
            pipe.source().close();
        }
    }

    @Test
    void anIdleLoopThatMayPollSoonHardlyDoes() {
        // It could poll from one timer to the next.
        Duration tick = Duration.ofMillis(10);
        int ticksToAdapt = 20;
        int ticksToCount = 40;
        ScriptedSelector selector = new ScriptedSelector();
        CompletableFuture<Integer> counted = new CompletableFuture<>();
        try (EventLoop loop = EventLoop.start("loop", IdleStrategy.spin(tick), selector);
                selector) {
            loop.execute(new Runnable() {
                int ticks;

                @Override
                public void run() {
                    if (ticks++ == ticksToAdapt) {
                        selector.polls.set(0);
                    }
                    if (ticks < ticksToAdapt + ticksToCount) {
                        loop.schedule(tick.toNanos(), this);
                    } else {
                        counted.complete(selector.polls.get());
                    }
                }
            });

            // It sleeps already where this thread was late: longer than it may poll.
            selector.letGo.release();

            int count = counted.orTimeout(60, TimeUnit.SECONDS).join();

            // One for a tick that is due at once, on a machine that was busy elsewhere.
            assertTrue(count <= ticksToCount, count + " polls");
        }
    }

    @Test
    void itFallsAsleepAfterItsBound() {
        try (EventLoop loop = EventLoop.start("loop", IdleStrategy.spin(Duration.ofMillis(50)))) {
            Await.until("sleep", loop::asleep);
            CompletableFuture<Long> sleeps = new CompletableFuture<>();

            loop.execute(() -> sleeps.complete(loop.sleeps()));

            assertEquals(1, sleeps.orTimeout(60, TimeUnit.SECONDS).join());
        }
    }

    @Test
    void aTimerEndsTheSpin() {
        long best = Long.MAX_VALUE;
        // One of several, since this machine may be busy.
        for (int i = 0; i < 5 && best > 500; i++) {
            try (EventLoop loop = EventLoop.start("loop", LONG_SPIN)) {
                long start = System.nanoTime();
                CompletableFuture<Long> fired = new CompletableFuture<>();
                loop.execute(() -> loop.schedule(
                        TimeUnit.MILLISECONDS.toNanos(5), () -> fired.complete(System.nanoTime() - start)));
                long millis = TimeUnit.NANOSECONDS.toMillis(
                        fired.orTimeout(60, TimeUnit.SECONDS).join());
                assertTrue(millis >= 5);
                best = Math.min(best, millis);
            }
        }
        assertTrue(best <= 500, "after " + best + " ms");
    }

    @Test
    void closeEndsTheSpin() throws InterruptedException {
        ScriptedSelector selector = new ScriptedSelector();
        CountDownLatch polls = new CountDownLatch(1);
        selector.poll = () -> {
            polls.countDown();
            // By then the loop was asked to end.
            Await.until("wakeup", () -> selector.wakeups.get() > 0);
        };
        EventLoop loop = EventLoop.start("loop", LONG_SPIN, selector);
        assertTrue(polls.await(60, TimeUnit.SECONDS));

        loop.close();

        assertEquals(1, selector.polls.get());
    }
}
