package io.coterie.simulation.internal.events;

import io.coterie.rpc.spi.Scheduler;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Time that jumps from one event to the next, and the loop whose task runs now. All of it happens
 * on the thread that calls {@link #runUntil}.
 */
public final class VirtualTime {
    /** More events than this at one instant mean a loop of tasks in which no time passes. */
    private static final int MAX_AT_ONE_INSTANT = 1_000_000;

    private final long seed;
    private final EventQueue queue = new EventQueue();
    private long now;
    private int atThisInstant;
    private boolean running;
    private @Nullable Scheduler loop;

    /**
     * Time zero, without events.
     *
     * @param seed for the texts of exceptions only
     */
    public VirtualTime(long seed) {
        this.seed = seed;
    }

    /** Nanoseconds since the start. */
    public long nanos() {
        return now;
    }

    public Duration now() {
        return Duration.ofNanos(now);
    }

    /**
     * Lets an event happen after a delay; at once, but after all others of this instant, if it is
     * not positive.
     */
    public void add(long delayNanos, Event event) {
        queue.add(Math.addExact(now, Math.max(0, delayNanos)), event);
    }

    /**
     * Lets time pass until the condition holds, at most for that long; returns whether it holds.
     */
    public boolean runUntil(BooleanSupplier condition, Duration limit) {
        if (running) {
            throw new IllegalStateException("the simulation is running already: an event in it cannot run it");
        }
        long end = Math.addExact(now, limit.toNanos());
        running = true;
        try {
            while (!condition.getAsBoolean()) {
                if (queue.nextDue() > end) {
                    now = end;
                    return false;
                }
                fireNext();
            }
            return true;
        } finally {
            running = false;
        }
    }

    /** Runs a task on a loop, or on none, and then goes back to the loop that ran before. */
    public void runOn(@Nullable Scheduler newLoop, Runnable task) {
        Scheduler outer = loop;
        loop = newLoop;
        try {
            task.run();
        } finally {
            loop = outer;
        }
    }

    /** Whether a task of that loop runs now. */
    @SuppressWarnings("ReferenceEquality") // No two schedulers are one loop.
    public boolean isOn(Scheduler which) {
        return loop == which;
    }

    private void fireNext() {
        Event event = queue.poll();
        if (event.due > now) {
            now = event.due;
            atThisInstant = 0;
        } else if (++atThisInstant > MAX_AT_ONE_INSTANT) {
            throw new IllegalStateException("seed " + seed + ": more than " + MAX_AT_ONE_INSTANT + " events at " + now()
                    + ": tasks hand over tasks without end and no time passes");
        }
        event.fire();
    }
}
