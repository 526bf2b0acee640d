package io.coterie.rpc.internal.nio.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.IdleStrategy;
import io.coterie.rpc.internal.nio.LogText;
import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a loop outlives, and what becomes of what it does not. */
class LoopSurvivalTest {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final FailingSelector selector = new FailingSelector();

    /** Throws an Error so many times, and sleeps in between as any other does. */
    private static final class FailingSelector extends AbstractSelector {
        private final Selector real;
        final AtomicInteger failures = new AtomicInteger();

        FailingSelector() {
            super(SelectorProvider.provider());
            try {
                real = Selector.open();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private void maybeFail() {
            if (failures.get() > 0) {
                failures.decrementAndGet();
                throw new OutOfMemoryError("on purpose");
            }
        }

        @Override
        public int select(Consumer<SelectionKey> action, long timeout) throws IOException {
            maybeFail();
            return real.select(action, timeout);
        }

        @Override
        public int selectNow(Consumer<SelectionKey> action) throws IOException {
            maybeFail();
            return real.selectNow(action);
        }

        @Override
        protected void implCloseSelector() throws IOException {
            real.close();
        }

        @Override
        protected SelectionKey register(AbstractSelectableChannel channel, int interest, Object attachment) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Set<SelectionKey> keys() {
            return real.keys();
        }

        @Override
        public Set<SelectionKey> selectedKeys() {
            return real.selectedKeys();
        }

        @Override
        public int selectNow() throws IOException {
            return real.selectNow();
        }

        @Override
        public int select(long timeout) throws IOException {
            return real.select(timeout);
        }

        @Override
        public int select() throws IOException {
            return real.select();
        }

        @Override
        public Selector wakeup() {
            real.wakeup();
            return this;
        }
    }

    private static int ask(EventLoop loop) {
        return CompletableFuture.supplyAsync(() -> 42, loop::execute)
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    @Test
    void aLoopOutlivesErrorsOfItsSockets() {
        try (EventLoop loop = EventLoop.start("loop", IdleStrategy.block(), selector, PAUSE_NANOS)) {
            for (int round = 0; round < 5; round++) {
                selector.failures.set(EventLoop.MAX_BAD_TURNS / 2);
                assertEquals(42, ask(loop));
                Await.until("failures", () -> selector.failures.get() == 0);
                assertEquals(42, ask(loop));
            }
        }
    }

    @Test
    void aLoopThatCannotEvenLogThatATaskThrewContinues() {
        EventLoop loop = EventLoop.start("loop");
        try (loop) {
            loop.execute(() -> {
                throw new Unspeakable();
            });
            assertEquals(42, ask(loop));
        }
    }

    @Test
    void aLoopWhoseTurnsAllFailLogsWhyAndEnds() {
        CompletableFuture<Throwable> given = new CompletableFuture<>();
        try (LogText log = new LogText();
                EventLoop loop = EventLoop.start("loop", IdleStrategy.block(), selector, PAUSE_NANOS)) {
            loop.whenGivingUp(failure -> {
                assertTrue(loop.inLoop());
                given.complete(failure);
            });
            selector.failures.set(Integer.MAX_VALUE);
            loop.execute(() -> {});

            assertSame(
                    OutOfMemoryError.class,
                    given.orTimeout(60, TimeUnit.SECONDS).join().getClass());
            Await.until("its end", () -> !loop.execute(() -> {}));
            Await.until("words", () -> log.contains("loop: the loop cannot continue, and its node has ended"));
        }
    }

    @Test
    void aLoopThatIsHeldUpIsReportedByItsStackAndAgainWhenItContinues() {
        CountDownLatch held = new CountDownLatch(1);
        try (LogText log = new LogText();
                EventLoop loop = EventLoop.start("loop")) {
            loop.execute(() -> holdUp(held));

            Await.until("warning", () -> log.contains("loop: the loop has been blocked for"));
            Await.until("stack", () -> log.contains("LoopSurvivalTest.holdUp"));
            held.countDown();
            assertEquals(42, ask(loop));
        } finally {
            held.countDown();
        }
    }

    @Test
    void whatMayTakeLongIsReportedByItsNameAndNotAsAnothersFault() {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch heldNext = new CountDownLatch(1);
        try (LogText log = new LogText();
                EventLoop loop = EventLoop.start("loop")) {
            loop.execute(() -> {
                loop.beginLongTask("to read it all");
                holdUp(held);
            });

            Await.until("word", () -> log.contains("INFO") && log.contains("loop: to read it all has taken "));
            assertFalse(log.contains("blocked for"), log.toString());
            held.countDown();
            Await.until("end", () -> log.contains("loop: the loop runs again"));
            assertEquals(42, ask(loop));
            loop.execute(() -> holdUp(heldNext));
            Await.until("warning of the next task", () -> log.contains("loop: the loop has been blocked for"));
            heldNext.countDown();
        } finally {
            held.countDown();
            heldNext.countDown();
        }
    }

    @Test
    void anIdleLoopIsNotTakenForOneThatIsHeldUp() {
        try (LogText log = new LogText();
                EventLoop loop = EventLoop.start("loop")) {
            Await.until("sleep", loop::asleep);
            long now = System.nanoTime();
            LoopWatchdog.Watch watch = new LoopWatchdog.Watch(loop, now);
            for (int look = 1; look <= 100; look++) {
                watch.look(now + look * TimeUnit.MILLISECONDS.toNanos(250));
            }
            assertFalse(log.contains("blocked for"), log.toString());
        }
    }

    @Test
    void aProcessThatStoodStillIsNotTakenForALoopThatIsHeldUp() throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        try (EventLoop loop = EventLoop.start("loop");
                LogText log = new LogText()) {
            loop.execute(() -> {
                begun.countDown();
                holdUp(held);
            });
            begun.await();
            long now = System.nanoTime();
            LoopWatchdog.Watch watch = new LoopWatchdog.Watch(loop, now);
            watch.look(now + Duration.ofSeconds(30).toNanos());
            held.countDown();
            assertFalse(log.contains("blocked for 30000 ms"), log.toString());
        } finally {
            held.countDown();
        }
    }

    @Test
    void theEndInterruptsWhatHoldsTheLoopUp() {
        CountDownLatch never = new CountDownLatch(1);
        EventLoop loop = EventLoop.start("loop");
        loop.execute(() -> holdUp(never));

        loop.close();

        assertFalse(loop.thread().isAlive());
    }

    @Test
    void theEndDoesNotWaitForEverForWhatDoesNotReturn() throws Exception {
        CompletableFuture<Void> never = new CompletableFuture<>();
        EventLoop loop = EventLoop.start("loop");
        Pipe pipe = Pipe.open();
        SelectableChannel source = pipe.source().configureBlocking(false);
        CompletableFuture.runAsync(
                        () -> {
                            try {
                                loop.register(source, SelectionKey.OP_READ, key -> {});
                            } catch (IOException e) {
                                throw new AssertionError(e);
                            }
                        },
                        loop::execute)
                .join();
        loop.execute(never::join);

        loop.close();

        assertTrue(loop.thread().isAlive());
        assertFalse(source.isOpen(), "its connections are cut off");
        assertFalse(loop.execute(() -> {}));
        never.complete(null);
        Await.until("its end", () -> !loop.thread().isAlive());
        pipe.sink().close();
    }

    private static void holdUp(CountDownLatch until) {
        try {
            until.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Throws again whatever is asked of it. */
    private static final class Unspeakable extends Error {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new OutOfMemoryError("on purpose");
        }
    }
}
