package io.coterie.simulation;

import io.coterie.rpc.Scheduler;

/** The loop of one start of a node. What is handed over after the start's end is refused. */
final class SimScheduler implements Scheduler {
    private static final Timer NEVER = () -> {};

    private final SimStart start;

    SimScheduler(SimStart start) {
        this.start = start;
    }

    @Override
    public boolean execute(Runnable task) {
        if (!start.isAlive()) {
            return false;
        }
        start.handOver(0, Trace.Kind.TASK, task);
        return true;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        if (!start.isAlive()) {
            return NEVER;
        }
        if (!inLoop()) {
            throw new IllegalStateException("schedule was called outside the loop of node "
                    + start.node().id() + ": hand a task over with execute, and schedule in there");
        }
        return start.handOver(delayNanos, Trace.Kind.TIMER, task);
    }

    @Override
    public boolean inLoop() {
        return start.node().simulation().current() == start;
    }
}
