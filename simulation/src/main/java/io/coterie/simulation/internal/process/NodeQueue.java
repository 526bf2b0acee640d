package io.coterie.simulation.internal.process;

import io.coterie.simulation.internal.events.Event;
import io.coterie.simulation.internal.events.NodeRef;
import io.coterie.simulation.internal.events.Trace;
import io.coterie.simulation.internal.events.VirtualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** The events of a node's process. A paused or slow process gets to them later, in their order. */
public final class NodeQueue {
    private final NodeRef node;
    private final VirtualTime time;
    private final Trace trace;
    private final Deque<NodeEvent> backlog = new ArrayDeque<>();
    private boolean paused;
    private long stepNanos;
    private long busyUntil;
    private boolean drainComes;

    public NodeQueue(NodeRef node, VirtualTime time, Trace trace) {
        this.node = node;
        this.time = time;
        this.trace = trace;
    }

    public NodeRef node() {
        return node;
    }

    public VirtualTime time() {
        return time;
    }

    public Trace trace() {
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

    public boolean isPaused() {
        return paused;
    }

    public void pause() {
        paused = true;
    }

    public void resume() {
        paused = false;
        drainSoon();
    }

    /** How long the process is busy with each event from now on. */
    public void slowDown(Duration perEvent) {
        stepNanos = perEvent.toNanos();
    }

    /** The process has ended: its pause and its waiting events end, too. */
    public void clear() {
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
                public void fire() {
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
