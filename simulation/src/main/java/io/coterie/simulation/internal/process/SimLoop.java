package io.coterie.simulation.internal.process;

import io.coterie.rpc.spi.Scheduler;
import io.coterie.simulation.internal.events.NodeRef;
import io.coterie.simulation.internal.events.Trace;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The loop of one start of a node. It refuses tasks after the end of that start. */
public final class SimLoop implements Scheduler {
    private static final Timer NEVER = () -> {};

    private final NodeQueue queue;
    private final int start;
    private final Consumer<Throwable> failures;
    private boolean alive = true;

    /**
     * The loop of a start that begins now.
     *
     * @param start the number of the start, from 1
     * @param failures gets the exceptions of tasks that nobody waits for
     */
    public SimLoop(NodeQueue queue, int start, Consumer<Throwable> failures) {
        this.queue = queue;
        this.start = start;
        this.failures = failures;
    }

    public NodeRef node() {
        return queue.node();
    }

    public int start() {
        return start;
    }

    public Trace trace() {
        return queue.trace();
    }

    public boolean isAlive() {
        return alive;
    }

    public void end() {
        alive = false;
    }

    @Override
    public boolean execute(Runnable task) {
        if (!alive) {
            return false;
        }
        handOver(0, Trace.Kind.TASK, task);
        return true;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        if (!alive) {
            return NEVER;
        }
        if (!inLoop()) {
            throw new IllegalStateException("schedule was called outside the loop of node " + node().id()
                    + ": hand a task over with execute, and schedule in there");
        }
        return handOver(delayNanos, Trace.Kind.TIMER, task);
    }

    @Override
    public boolean inLoop() {
        return queue.time().isOn(this);
    }

    /**
     * Hands over a task, on the loop or outside as its kind says; the process gets to it after the
     * delay.
     */
    public Timer handOver(long delayNanos, Trace.Kind kind, Runnable task) {
        NodeTask event = new NodeTask(queue, this, kind, task);
        queue.time().add(delayNanos, event);
        return event;
    }

    /** Runs a task on the loop, now. */
    public void run(Runnable task) {
        run(this, task);
    }

    /** Runs a task of the process outside its loop, now. */
    public void runOutside(Runnable task) {
        run(null, task);
    }

    /** As {@link #run}, but throws what the task throws. */
    public void runOrThrow(Runnable task) {
        queue.time().runOn(this, task);
    }

    /** As {@link #runOutside}, but throws what the task throws. */
    public void runOutsideOrThrow(Runnable task) {
        queue.time().runOn(null, task);
    }

    @Override
    public String toString() {
        return node() + " (start " + start + ")";
    }

    private void run(@Nullable SimLoop loop, Runnable task) {
        try {
            queue.time().runOn(loop, task);
        } catch (RuntimeException | Error e) {
            failures.accept(e);
        }
    }
}
