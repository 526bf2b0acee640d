package io.coterie.rpc.internal.nio.loop;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that were handed over to a loop. No accepted task is lost: at the loop's end the queue
 * is closed to other threads, which would delay that end, and then all tasks run that are left or
 * that tasks hand over themselves.
 */
final class LoopTasks {
    /** How long the loop, at its end, accepts tasks that tasks hand over. */
    private static final long LAST_TASKS_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A bound, so that tasks that hand over tasks do not starve sockets and timers. */
    private static final int MAX_TASKS_PER_TURN = 500;

    /** The tasks of other threads. */
    private final TaskQueue tasks = new TaskQueue();

    /** The tasks of the loop itself, for which the other queue would cost memory fences. */
    private final Deque<Runnable> own = new ArrayDeque<>();

    private final Consumer<Runnable> runner;
    private boolean ended;

    /** @param runner runs a task and throws nothing */
    LoopTasks(Consumer<Runnable> runner) {
        this.runner = runner;
    }

    /**
     * Adds a task of another thread. Returns whether it was accepted. May be called by any thread.
     */
    boolean offer(Runnable task) {
        return tasks.offer(task);
    }

    /** Adds a task of the loop itself. Returns whether it was accepted. */
    boolean offerHere(Runnable task) {
        return !ended && own.add(task);
    }

    /** Whether there is nothing to run. Called on the loop only. */
    boolean isEmpty() {
        return own.isEmpty() && tasks.isEmpty();
    }

    /** Runs the tasks of a turn: first those of other threads, then those of the loop. */
    void run() {
        runSome(tasks::poll);
        runSome(own::poll);
    }

    private void runSome(Supplier<@Nullable Runnable> next) {
        for (int left = MAX_TASKS_PER_TURN; left > 0; left--) {
            Runnable task = next.get();
            if (task == null) {
                return;
            }
            runner.accept(task);
        }
    }

    /** Runs all that are left. */
    void runLast() {
        tasks.close();
        for (Runnable task = tasks.pollClosed(); task != null; task = tasks.pollClosed()) {
            runner.accept(task);
        }
        long end = System.nanoTime() + LAST_TASKS_NANOS;
        while (!own.isEmpty() && System.nanoTime() - end < 0) {
            runner.accept(own.remove());
        }
        ended = true;
        while (!own.isEmpty()) {
            runner.accept(own.remove());
        }
    }
}
