package io.coterie.rpc.spi;

/**
 * A node's event loop, as its protocols see it: one thread, which owns all protocol state of the
 * node. It runs tasks one at a time, in the order in which they were handed over, and timers in the
 * order of their due times.
 *
 * <p>A task must not block. What a task throws is logged, and does not stop the loop.
 */
public interface Scheduler {
    /**
     * Runs the task on the loop, soon. May be called by any thread.
     *
     * @return whether the task was accepted: it will run, unless the process dies first. {@code
     *     false} once the loop has ended or is about to end: the task will certainly not run
     */
    boolean execute(Runnable task);

    /**
     * Runs the task on the loop after a delay. Called on the loop only.
     *
     * @param delayNanos in nanoseconds of {@link Clock#nanos()}; zero or less for the loop's next
     *     turn
     * @return cancels the task
     */
    Timer schedule(long delayNanos, Runnable task);

    /**
     * Announces that the running task takes long and has to, for example because it reads a journal
     * back before anything else can be done. Users are then not warned that the task blocks the
     * loop; if it takes more than 1 s, that is logged at INFO. It holds until the task ends. Called
     * on the loop only.
     *
     * @param what what takes long, for the log
     */
    default void beginLongTask(String what) {}

    /** Whether the calling thread is the loop. May be called by any thread. */
    boolean inLoop();

    /** A task that waits for its due time. */
    interface Timer {
        /**
         * Drops the task if it has not run yet; otherwise does nothing. Called on the loop only.
         */
        void cancel();
    }
}
