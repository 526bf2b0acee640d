package io.coterie.rpc.internal.nio.loop;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that were handed over to a loop. None that was taken is left: at the loop's end they are closed to other threads,
 * who would keep it from its end, and then only what tasks hand over themselves is run yet.
 */
final class LoopTasks {
    /** How long the loop at its end goes on with tasks that hand over tasks. */
    private static final long LAST_TASKS_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Tasks that feed on themselves must not starve sockets and timers, nor the tasks of others those of the loop. */
    private static final int MAX_TASKS_PER_TURN = 500;

    /** Of other threads. */
    private final TaskQueue tasks = new TaskQueue();

    /** Of the loop itself, for which the queue of the others would cost a memory fence or two each. */
    private final Deque<Runnable> own = new ArrayDeque<>();

    private final Consumer<Runnable> runner;
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
        return !ended && own.add(task);
    }

    /** Whether there is nothing to run. Only to be called on the loop. */
    boolean isEmpty() {
        return own.isEmpty() && tasks.isEmpty();
    }

    /** Runs those of a turn: what others handed over, and then what the loop did, by now. */
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
