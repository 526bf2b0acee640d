package io.coterie.simulation;

/** An event of a process, which a paused or slow process gets to only later. */
abstract class NodeEvent extends Event {
    final SimNode node;

    NodeEvent(SimNode node) {
        this.node = node;
    }

    @Override
    void fire() {
        node.admit(this);
    }

    /** The process has got to it. */
    abstract void happen();
}
