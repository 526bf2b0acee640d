package io.coterie.internal.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.WaitInterruptedException;
import io.coterie.internal.operations.CallerLoop;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.Scheduler;
import io.coterie.rpc.spi.World;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * A caller who leaves while what it waits for is made: it gets it, or it is undone, whichever of
 * the two comes first.
 */
class LeavingWaiterTest {
    private static final Clock CLOCK = new Clock() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }
    };

    private final HandLoop loop = new HandLoop();
    private final CallerLoop node = new CallerLoop(new World(CLOCK, loop, () -> 1), Duration.ofMillis(1));
    private final CoordinationRunner calls = new CoordinationRunner(node, 10);
    private final List<String> undone = new ArrayList<>();
    private final CompletableFuture<String> inner = new CompletableFuture<>();

    /** Its tasks are run by hand. */
    private static final class HandLoop implements Scheduler {
        private final Queue<Runnable> tasks = new ArrayDeque<>();

        @Override
        public boolean execute(Runnable task) {
            return tasks.add(task);
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean inLoop() {
            return false;
        }

        void run() {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        }
    }

    /**
     * A thread that is interrupted from the beginning, and something happens just when it hears of
     * that.
     */
    private static final class Interrupted extends Thread {
        private final Runnable whenHeard;
        private boolean begun;

        Interrupted(Runnable task, Runnable whenHeard) {
            super(task);
            this.whenHeard = whenHeard;
        }

        void interruptSelf() {
            super.interrupt();
            begun = true;
        }

        @Override
        public void interrupt() {
            // The caller sets its flag again once it has been woken by it.
            super.interrupt();
            if (begun && Thread.currentThread() == this) {
                begun = false;
                whenHeard.run();
            }
        }
    }

    private record Outcome(Optional<String> value, Optional<Throwable> thrown, boolean flag) {}

    private static Outcome interrupted(Supplier<String> call, Runnable whenHeard) throws Exception {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Interrupted thread = new Interrupted(
                () -> {
                    ((Interrupted) Thread.currentThread()).interruptSelf();
                    try {
                        String value = call.get();
                        outcome.complete(new Outcome(Optional.of(value), Optional.empty(), Thread.interrupted()));
                    } catch (RuntimeException e) {
                        outcome.complete(new Outcome(Optional.empty(), Optional.of(e), Thread.interrupted()));
                    }
                },
                whenHeard);
        thread.start();
        return outcome.get(60, TimeUnit.SECONDS);
    }

    private String acquire() {
        return calls.call(Duration.ofMinutes(1), nanos -> inner, undone::add);
    }

    private String register() {
        return node.onLoop(() -> "registered", undone::add);
    }

    @Test
    void aResultThatComesAfterAnInterruptIsReleased() throws Exception {
        Outcome outcome = interrupted(this::acquire, () -> {});
        assertInstanceOf(WaitInterruptedException.class, outcome.thrown().orElseThrow());
        assertTrue(outcome.flag());

        loop.run();

        assertFalse(inner.isDone(), "it is not even begun");
        assertEquals(0, inner.getNumberOfDependents());
    }

    @Test
    void aResultOfABegunTaskAfterAnInterruptIsReleased() throws Exception {
        Outcome outcome = interrupted(this::acquire, () -> loop.tasks.remove().run());
        assertInstanceOf(WaitInterruptedException.class, outcome.thrown().orElseThrow());

        inner.complete("lease");
        loop.run();

        assertEquals(List.of("lease"), undone);
    }

    @Test
    void aResultThatComesJustWithAnInterruptIsReturned() throws Exception {
        Outcome outcome = interrupted(this::acquire, () -> {
            loop.run();
            inner.complete("lease");
        });
        loop.run();

        assertEquals(Optional.of("lease"), outcome.value());
        assertTrue(outcome.flag(), "and the interrupt flag of the thread is set");
        assertEquals(List.of(), undone);
    }

    @Test
    void aRegistrationThatComesAfterAnInterruptIsNotMade() throws Exception {
        Outcome outcome = interrupted(this::register, () -> {});
        assertInstanceOf(WaitInterruptedException.class, outcome.thrown().orElseThrow());
        assertTrue(outcome.flag());

        loop.run();

        assertEquals(List.of(), undone, "there is nothing to undo");
    }

    @Test
    void aRegistrationThatIsMadeJustWhenAnInterruptIsHeardIsReturned() throws Exception {
        Outcome outcome = interrupted(this::register, loop::run);

        assertEquals(Optional.of("registered"), outcome.value());
        assertTrue(outcome.flag());
        assertEquals(List.of(), undone);
    }

    @Test
    void aRegistrationThatIsMadeWhileItsCallerGoesIsUndone() throws Exception {
        CompletableFuture<Void> gone = new CompletableFuture<>();
        CompletableFuture<Void> begun = new CompletableFuture<>();
        Supplier<String> task = () -> {
            begun.complete(null);
            gone.join();
            return "registered";
        };
        CompletableFuture<Void> making = new CompletableFuture<>();
        // The loop has begun with it when the interrupt is heard, and ends when the caller has
        // gone.
        Outcome outcome = interrupted(() -> node.onLoop(task, undone::add), () -> {
            new Thread(() -> {
                        loop.run();
                        making.complete(null);
                    })
                    .start();
            begun.join();
        });
        gone.complete(null);
        making.get(60, TimeUnit.SECONDS);

        assertInstanceOf(WaitInterruptedException.class, outcome.thrown().orElseThrow());
        assertEquals(List.of("registered"), undone);
    }

    @Test
    void aResultThatComesAfterACancellationIsReleased() {
        CompletableFuture<String> future = calls.begin(Duration.ZERO, nanos -> inner, undone::add);
        loop.run();
        assertTrue(future.cancel(true));

        inner.complete("lease");
        loop.run();

        assertEquals(List.of("lease"), undone);
        assertThrows(CancellationException.class, future::join);
    }

    @Test
    void aResultThatComesAfterAUsersTimeoutIsReleased() {
        CompletableFuture<String> future = calls.begin(Duration.ZERO, nanos -> inner, undone::add);
        loop.run();
        future.completeExceptionally(new IllegalStateException("too late"));

        inner.complete("lease");
        loop.run();

        assertEquals(List.of("lease"), undone);
    }

    @Test
    void aResultThatComesAfterTheLoopWasGivenUpIsReleased() {
        CompletableFuture<String> future = calls.begin(Duration.ZERO, nanos -> inner, undone::add);
        loop.tasks.remove().run();
        ExecutionException late = assertThrows(ExecutionException.class, future::get);
        assertInstanceOf(QuorumUnavailableException.class, late.getCause());

        inner.complete("lease");
        loop.run();

        assertEquals(List.of("lease"), undone);
    }
}
