package io.coterie.rpc.internal.nio;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The tasks that were handed over to a loop. None that was taken is left: at the loop's end they are closed to other threads,
 * who would keep it from its end, and then only what tasks hand over themselves is run yet.
 */
final class LoopTasks {
    /** How long the loop at its end goes on with tasks that hand over tasks. */
    private static final long LAST_TASKS_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Tasks that feed on themselves must not starve sockets and timers. */
    private static final int MOST_TASKS_PER_TURN = 1000;

    private final TaskQueue tasks = new TaskQueue();
    private final Consumer<Runnable> runner;

    /** What the loop hands over to itself once the tasks are closed to others. */
    private final Deque<Runnable> lastTasks = new ArrayDeque<>();

    private boolean closing;
    private boolean ended;

    /** @param runner runs a task and throws nothing */
    LoopTasks(Consumer<Runnable> runner) {
        this.runner = runner;
    }

    /** Adds a task of another thread, and says whether it was taken. Safe for use by any thread. */
    boolean offer(Runnable task) {
        return tasks.offer(task);
    }

    /** Adds a task of the loop itself, and says whether it was taken. */
    boolean offerHere(Runnable task) {
        if (ended) {
            return false;
        }
        return closing ? lastTasks.add(task) : tasks.offer(task);
    }

    boolean isEmpty() {
        return tasks.isEmpty();
    }

    /** Runs those of a turn. */
    void run() {
        for (int left = MOST_TASKS_PER_TURN; left > 0; left--) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            runner.accept(task);
        }
    }

    /** Runs all that are left. */
    void runLast() {
        closing = true;
        tasks.close();
        for (Runnable task = tasks.pollClosed(); task != null; task = tasks.pollClosed()) {
            runner.accept(task);
        }
        long end = System.nanoTime() + LAST_TASKS_NANOS;
        while (!lastTasks.isEmpty() && System.nanoTime() - end < 0) {
            runner.accept(lastTasks.remove());
        }
        ended = true;
        while (!lastTasks.isEmpty()) {
            runner.accept(lastTasks.remove());
        }
    }
}
