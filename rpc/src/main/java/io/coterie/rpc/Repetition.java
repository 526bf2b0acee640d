package io.coterie.rpc;

import org.jspecify.annotations.Nullable;

/**
 * A task of a node's loop that must go on whatever it throws, as it would for want of memory: where others rest on a timer, each
 * of its runs plans the next one, and a run that throws must not be the last. Whoever sets a timer again and again does it by one
 * of these.
 *
 * <p>Only to be used on the node's loop.
 */
public final class Repetition {
    private final Scheduler scheduler;
    private final long pauseNanos;
    private final Runnable task;
    private final Runnable afterThrow;

    /** Made before it is needed, which may be for want of memory. */
    private final Runnable run = this::run;

    private Scheduler.@Nullable Timer timer;

    /** A task whose runs leave nothing behind when they throw. */
    public Repetition(Scheduler scheduler, long pauseNanos, Runnable task) {
        this(scheduler, pauseNanos, task, () -> {});
    }

    /**
     * A task that is not planned yet.
     *
     * @param pauseNanos after how many nanoseconds it runs again when it threw
     * @param task plans its next run itself, if there is to be one
     * @param afterThrow puts right what a run left behind that threw
     */
    public Repetition(Scheduler scheduler, long pauseNanos, Runnable task, Runnable afterThrow) {
        this.scheduler = scheduler;
        this.pauseNanos = pauseNanos;
        this.task = task;
        this.afterThrow = afterThrow;
    }

    /** Plans the next run, in place of one that is planned already. */
    public void in(long delayNanos) {
        cancel();
        timer = scheduler.schedule(delayNanos, run);
    }

    /** Has it run in a later turn of the loop, besides the run that is planned. */
    public void soon() {
        scheduler.execute(run);
    }

    /** Drops the run that is planned, if there is one. */
    public void cancel() {
        Scheduler.Timer planned = timer;
        if (planned != null) {
            timer = null;
            planned.cancel();
        }
    }

    /**
     * Does a part of the task that comes later, such as what an answer sets going. If that throws, the task runs again after the
     * pause.
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
