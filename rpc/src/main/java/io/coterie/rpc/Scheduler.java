package io.coterie.rpc;

/**
 * A node's event loop, as its protocols see it: tasks run one at a time, in the order of their hand-over (timers: of their
 * due time), on the one thread that owns all protocol state of the node.
 *
 * <p>A task must not block. A task that throws is reported and does not stop the loop.
 */
public interface Scheduler {
    /**
     * Runs the task on the loop, soon. Safe for use by any thread.
     *
     * @return whether the task was taken, and will run unless the process dies first; {@code false} once the loop has ended
     *     (or is about to, and takes nothing more): the task will certainly not run
     */
    boolean execute(Runnable task);

    /**
     * Runs the task on the loop after a delay. Only to be called on the loop.
     *
     * @param delayNanos in nanoseconds of {@link Clock#nanos()}; zero or less means the loop's next turn
     */
    Timer schedule(long delayNanos, Runnable task);

    /**
     * Says that the task which runs now takes long and has to, as may one that reads a journal back before anything else can be
     * done. It is not told of as one that holds up the loop, which users are warned of; if it takes more than a second, that is
     * said at INFO. Holds until the task ends. Only to be called on the loop.
     *
     * @param what what takes long, for the log
     */
    default void beginLongTask(String what) {}

    /** Whether the caller is on the loop. */
    boolean inLoop();

    /** A task that waits for its time. */
    interface Timer {
        /** Drops the task if it has not run yet; otherwise does nothing. Only to be called on the loop. */
        void cancel();
    }
}
