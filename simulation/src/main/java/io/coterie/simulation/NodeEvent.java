package io.coterie.simulation;

/** An event of a node's process. A paused or slow process gets to it only later. */
abstract class NodeEvent extends Event {
    private final NodeQueue queue;

    NodeEvent(NodeQueue queue) {
        this.queue = queue;
    }

    @Override
    void fire() {
        queue.admit(this);
    }

    /** The process has got to it. */
    abstract void happen();
}
