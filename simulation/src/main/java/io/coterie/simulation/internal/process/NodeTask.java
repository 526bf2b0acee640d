package io.coterie.simulation.internal.process;

import io.coterie.rpc.spi.Scheduler;
import io.coterie.simulation.internal.events.Trace;
import org.jspecify.annotations.Nullable;

/** A task that one start of a node handed over. It is dropped when that start ends. */
final class NodeTask extends NodeEvent implements Scheduler.Timer {
    private final SimLoop loop;
    private final Trace.Kind kind;
    private @Nullable Runnable task;

    NodeTask(NodeQueue queue, SimLoop loop, Trace.Kind kind, Runnable task) {
        super(queue);
        this.loop = loop;
        this.kind = kind;
        this.task = task;
    }

    @Override
    public void cancel() {
        task = null;
    }

    @Override
    protected void happen() {
        Runnable due = task;
        task = null;
        if (due == null || !loop.isAlive()) {
            return;
        }
        loop.trace().record(kind, loop.node(), order());
        if (kind == Trace.Kind.TASK || kind == Trace.Kind.TIMER) {
            loop.run(due);
        } else {
            loop.runOutside(due);
        }
    }
}
