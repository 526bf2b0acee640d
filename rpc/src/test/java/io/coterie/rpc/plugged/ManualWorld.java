package io.coterie.rpc.plugged;

import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.Scheduler;
import io.coterie.rpc.spi.World;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.SplittableRandom;

/** A world on virtual time: nothing happens but by {@link #run} and {@link #advance}. */
public final class ManualWorld implements Clock, Scheduler {
    /** The clock's reading wraps around after a second: only differences may mean something. */
    private static final long START = Long.MAX_VALUE - 1_000_000_000L;

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Due> timers = new PriorityQueue<>(Comparator.comparingLong(Due::at));
    private long now = START;

    /** Whether what a test calls is called on the loop. */
    public boolean inLoop = true;

    private final long seed;

    public ManualWorld() {
        this(1);
    }

    public ManualWorld(long seed) {
        this.seed = seed;
    }

    private record Due(long at, Runnable task) {}

    public World world() {
        SplittableRandom random = new SplittableRandom(seed);
        return new World(this, this, random::nextLong);
    }

    /** Runs all tasks, and those that they hand over. */
    public void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Lets time pass, timer by timer. */
    public void advance(long nanos) {
        long end = now + nanos;
        run();
        while (!timers.isEmpty() && timers.peek().at() <= nanosFromStart(end)) {
            Due due = timers.remove();
            now = due.at() + START;
            due.task().run();
            run();
        }
        now = end;
    }

    /** How many timers wait. */
    public int timers() {
        return timers.size();
    }

    private static long nanosFromStart(long reading) {
        return reading - START;
    }

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public long wallMillis() {
        return 0;
    }

    @Override
    public boolean execute(Runnable task) {
        return tasks.add(task);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        Due due = new Due(nanosFromStart(now) + Math.max(0, delayNanos), task);
        timers.add(due);
        return () -> timers.remove(due);
    }

    @Override
    public boolean inLoop() {
        return inLoop;
    }
}
