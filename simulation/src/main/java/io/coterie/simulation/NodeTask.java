package io.coterie.simulation;

import io.coterie.rpc.Scheduler;
import org.jspecify.annotations.Nullable;

/** A task that one start of a node handed over, and that dies with it. */
final class NodeTask extends NodeEvent implements Scheduler.Timer {
    private final SimStart start;
    private final Trace.Kind kind;
    private @Nullable Runnable task;

    NodeTask(SimStart start, Trace.Kind kind, Runnable task) {
        super(start.node());
        this.start = start;
        this.kind = kind;
        this.task = task;
    }

    @Override
    public void cancel() {
        task = null;
    }

    @Override
    void happen() {
        Runnable due = task;
        task = null;
        if (due == null || !start.isAlive()) {
            return;
        }
        Simulation simulation = node.simulation();
        simulation.trace().record(kind, node, order);
        boolean onLoop = kind == Trace.Kind.TASK || kind == Trace.Kind.TIMER;
        simulation.runTask(node, onLoop ? start : null, due);
    }
}
