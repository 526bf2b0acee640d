package io.coterie.consistency.internal.usercode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.rpc.spi.Scheduler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {
    private final HandLoop loop = new HandLoop();
    private final Queue<Runnable> executor = new ArrayDeque<>();
    private final List<String> ran = new ArrayList<>();
    private boolean full;

    private final SerialExecutor tasks = new SerialExecutor(
            loop,
            task -> {
                if (full) {
                    throw new RejectedExecutionException("full");
                }
                executor.add(task);
            },
            "a test");

    /** Its tasks and timers are run by hand. */
    private static final class HandLoop implements Scheduler {
        private final Queue<Runnable> due = new ArrayDeque<>();
        private final Queue<Runnable> timers = new ArrayDeque<>();
        private boolean ended;

        @Override
        public boolean execute(Runnable task) {
            return !ended && due.add(task);
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            timers.add(task);
            return () -> timers.remove(task);
        }

        @Override
        public boolean inLoop() {
            return true;
        }
    }

    @Test
    void othersOfTheExecutorRunBetweenTwoTasks() {
        tasks.execute(() -> ran.add("first"));
        tasks.execute(() -> ran.add("second"));
        executor.add(() -> ran.add("another's"));

        turn();

        assertEquals(List.of("first", "another's", "second"), ran);
    }

    @Test
    void whatALoopThatHasEndedLeftUndoneFollowsAtOnce() {
        tasks.execute(() -> ran.add("first"));
        tasks.execute(() -> ran.add("second"));
        loop.ended = true;

        executor.remove().run();

        assertEquals(List.of("first", "second"), ran);
    }

    @Test
    void aTaskThatThrowsHindersNoOther() {
        tasks.execute(() -> {
            throw new IllegalStateException("thrown by a listener");
        });
        tasks.execute(() -> ran.add("second"));

        turn();

        assertEquals(List.of("second"), ran);
    }

    @Test
    void aFullExecutorIsTriedAgain() {
        full = true;
        tasks.execute(() -> ran.add("first"));
        loop.timers.remove().run();
        full = false;
        loop.timers.remove().run();

        turn();

        assertEquals(List.of("first"), ran);
    }

    /** Runs what is there, and what that brings. */
    private void turn() {
        while (!executor.isEmpty() || !loop.due.isEmpty()) {
            (executor.isEmpty() ? loop.due : executor).remove().run();
        }
    }
}
