package io.coterie.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** The events of a node's process. A paused or slow process gets to them later, in their order. */
final class NodeQueue {
    private final NodeRef node;
    private final VirtualTime time;
    private final Trace trace;
    private final Deque<NodeEvent> backlog = new ArrayDeque<>();
    private boolean paused;
    private long stepNanos;
    private long busyUntil;
    private boolean drainComes;

    NodeQueue(NodeRef node, VirtualTime time, Trace trace) {
        this.node = node;
        this.time = time;
        this.trace = trace;
    }

    NodeRef node() {
        return node;
    }

    VirtualTime time() {
        return time;
    }

    Trace trace() {
        return trace;
    }

    /** Lets an event happen that is due, or keeps it until the process gets to it. */
    void admit(NodeEvent event) {
        if (!paused && stepNanos == 0 && backlog.isEmpty()) {
            event.happen();
        } else {
            backlog.add(event);
            drainSoon();
        }
    }

    boolean isPaused() {
        return paused;
    }

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        drainSoon();
    }

    /** How long the process is busy with each event from now on. */
    void slowDown(Duration perEvent) {
        stepNanos = perEvent.toNanos();
    }

    /** The process has ended: its pause and its waiting events end, too. */
    void clear() {
        paused = false;
        backlog.clear();
    }

    /**
     * One event at a time goes through the queue of all, so that its effects keep their place in
     * time.
     */
    private void drainSoon() {
        if (!paused && !drainComes) {
            drainComes = true;
            time.add(busyUntil - time.nanos(), new Event() {
                @Override
                void fire() {
                    drainComes = false;
                    drainOne();
                }
            });
        }
    }

    private void drainOne() {
        NodeEvent event = paused ? null : backlog.poll();
        if (event != null) {
            busyUntil = time.nanos() + stepNanos;
            event.happen();
            if (!backlog.isEmpty()) {
                drainSoon();
            }
        }
    }
}
