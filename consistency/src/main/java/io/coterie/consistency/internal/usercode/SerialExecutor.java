package io.coterie.consistency.internal.usercode;

import io.coterie.rpc.spi.Scheduler;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a user's tasks off the loop, one at a time, in the order in which the loop gave them. Between
 * two tasks the executor may run others, so that one listener with much to hear does not keep a
 * thread for itself; only once the loop has ended, the rest follows at once. An executor that has no
 * room is tried again until it has.
 */
public final class SerialExecutor {
    private static final Logger log = LoggerFactory.getLogger(SerialExecutor.class);
    private static final long BUSY_NANOS = Duration.ofMillis(50).toNanos();

    private final Scheduler scheduler;
    private final Executor executor;
    private final String listener;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    /** How many tasks are not done. Whoever raises it from zero makes sure that they are run. */
    private final AtomicInteger undone = new AtomicInteger();

    /**
     * An executor without tasks.
     *
     * @param listener whose tasks they are, as human-readable text
     */
    public SerialExecutor(Scheduler scheduler, Executor executor, String listener) {
        this.scheduler = scheduler;
        this.executor = executor;
        this.listener = listener;
    }

    /**
     * Runs the task after those that were handed over before it. Called on the loop.
     *
     * @param task must not throw; if it does, that is logged
     */
    public void execute(Runnable task) {
        tasks.add(task);
        if (undone.getAndIncrement() == 0) {
            start();
        }
    }

    private void start() {
        try {
            executor.execute(this::run);
        } catch (Throwable busy) {
            // It is full, has no memory for a thread, or is a user's that throws what it likes: the
            // task is owed all the same.
            scheduler.schedule(BUSY_NANOS, this::start);
        }
    }

    private void run() {
        do {
            guarded(tasks.remove());
        } while (undone.decrementAndGet() > 0 && !scheduler.execute(this::start));
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            log.error("the listener of {} threw, which it must not: fix the listener", listener, e);
        }
    }
}
