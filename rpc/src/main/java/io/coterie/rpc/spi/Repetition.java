package io.coterie.rpc.spi;

import org.jspecify.annotations.Nullable;

/**
 * A task of a node's loop that runs again and again. Each run plans the next one. A run that
 * throws, for example because memory ran out, must not be the last: the task runs again after a
 * pause. Code that sets a timer repeatedly uses this class.
 *
 * <p>Used on the node's loop only.
 */
public final class Repetition {
    private final Scheduler scheduler;
    private final long pauseNanos;
    private final Runnable task;
    private final Runnable afterThrow;

    /** Made in advance: when it is needed, there may be no memory. */
    private final Runnable run = this::run;

    private Scheduler.@Nullable Timer timer;

    /**
     * A task that leaves nothing to clean up when a run throws. It is not planned yet.
     *
     * @param pauseNanos the pause in nanoseconds after a run that threw
     * @param task plans its next run itself, if there is to be one
     */
    public Repetition(Scheduler scheduler, long pauseNanos, Runnable task) {
        this(scheduler, pauseNanos, task, () -> {});
    }

    /**
     * A task that cleans up after a run that throws. It is not planned yet.
     *
     * @param pauseNanos the pause in nanoseconds after a run that threw
     * @param task plans its next run itself, if there is to be one
     * @param afterThrow cleans up after a run that threw
     */
    public Repetition(Scheduler scheduler, long pauseNanos, Runnable task, Runnable afterThrow) {
        this.scheduler = scheduler;
        this.pauseNanos = pauseNanos;
        this.task = task;
        this.afterThrow = afterThrow;
    }

    /**
     * Plans the next run after a delay in nanoseconds, in place of a run that is planned already.
     */
    public void in(long delayNanos) {
        cancel();
        timer = scheduler.schedule(delayNanos, run);
    }

    /** Runs the task in a later turn of the loop, in addition to the run that is planned. */
    public void soon() {
        scheduler.execute(run);
    }

    /** Cancels the run that is planned, if there is one. */
    public void cancel() {
        Scheduler.Timer planned = timer;
        if (planned != null) {
            timer = null;
            planned.cancel();
        }
    }

    /**
     * Runs a part of the task that comes later, for example on an answer. If it throws, the task
     * runs again after the pause.
     */
    public void guard(Runnable part) {
        boolean done = false;
        try {
            part.run();
            done = true;
        } finally {
            if (!done) {
                again();
            }
        }
    }

    private void run() {
        timer = null;
        guard(task);
    }

    private void again() {
        try {
            afterThrow.run();
        } finally {
            in(pauseNanos);
        }
    }
}
