package io.coterie.rpc.internal.nio.loop;

import io.coterie.rpc.internal.util.DueHeap;
import io.coterie.rpc.spi.Scheduler;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** The timers of a loop. Used on the loop only. */
final class LoopTimers {
    /**
     * How often to try to set a timer while there is no memory for it, with a pause after each try.
     */
    private static final int MAX_ATTEMPTS = 200;

    private static final long NO_MEMORY_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final DueHeap<Delayed> timers = new DueHeap<>();
    private final Consumer<Runnable> runner;

    private static final class Delayed extends DueHeap.Entry {
        final Runnable task;

        Delayed(Runnable task) {
            this.task = task;
        }
    }

    /** @param runner runs a task and throws nothing */
    LoopTimers(Consumer<Runnable> runner) {
        this.runner = runner;
    }

    Scheduler.Timer schedule(long delayNanos, Runnable task) {
        for (int attempt = 1; ; attempt++) {
            try {
                Delayed delayed = new Delayed(task);
                Scheduler.Timer timer = () -> timers.remove(delayed);
                timers.add(delayed, System.nanoTime() + Math.max(0, delayNanos));
                return timer;
            } catch (OutOfMemoryError e) {
                // The caller depends on the timer, often for good, and memory may be free again in
                // a moment.
                if (attempt == MAX_ATTEMPTS) {
                    throw e;
                }
                LockSupport.parkNanos(NO_MEMORY_PAUSE_NANOS);
            }
        }
    }

    /** How long until the first is due. */
    long untilFirst(long now) {
        Delayed first = timers.first();
        return first == null ? Long.MAX_VALUE : first.due() - now;
    }

    /** Runs those that are due. */
    void run() {
        Delayed first = timers.first();
        if (first == null) {
            return;
        }
        long now = System.nanoTime();
        while (first != null && first.due() - now <= 0) {
            timers.remove(first);
            runner.accept(first.task);
            first = timers.first();
        }
    }
}
