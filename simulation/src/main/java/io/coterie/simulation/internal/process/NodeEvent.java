package io.coterie.simulation.internal.process;

import io.coterie.simulation.internal.events.Event;

/** An event of a node's process. A paused or slow process gets to it only later. */
public abstract class NodeEvent extends Event {
    private final NodeQueue queue;

    protected NodeEvent(NodeQueue queue) {
        this.queue = queue;
    }

    @Override
    public void fire() {
        queue.admit(this);
    }

    /** The process has got to it. */
    protected abstract void happen();
}
