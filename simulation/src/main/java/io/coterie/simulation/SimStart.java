package io.coterie.simulation;

import io.coterie.rpc.Transport;
import io.coterie.rpc.World;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * One start of a node's process, and all that it may reach of the world. When the process ends, all of this goes dead:
 * tasks that wait are dropped, and so is what old references still hand over or send.
 */
public final class SimStart {
    private final SimNode node;
    private final int number;
    private final World world;
    private final SimTransport transport;
    private final SimVolume disk;
    private final List<Runnable> stops = new ArrayList<>();
    private boolean alive = true;

    SimStart(SimNode node, int number, SimRandom random, SimClock clock) {
        this.node = node;
        this.number = number;
        this.world =
                new World(clock.monotonicFrom(random.nextLong() >> 2), new SimScheduler(this), random.split("world"));
        this.transport = new SimTransport(this);
        this.disk = new SimVolume(node.disk(), this);
    }

    /** The node that was started. */
    public SimNode node() {
        return node;
    }

    /** 1 for the node's first start, and so on. */
    public int number() {
        return number;
    }

    /** The clock, the loop and the chance of this start. */
    public World world() {
        return world;
    }

    /** This start's end of the simulated network. */
    public Transport transport() {
        return transport;
    }

    /** The node's disk as this start sees it. */
    public SimVolume disk() {
        return disk;
    }

    /**
     * Runs tasks of this start outside its loop, one at a time and without delay: for what runs on a pool of threads in the
     * real world. A task must not wait for another.
     */
    public Executor executor() {
        return task -> {
            if (alive) {
                handOver(0, Trace.Kind.WORKER, task);
            }
        };
    }

    /** Does something at a clean {@link SimNode#stop()}, on the loop; what was added last is done first. Never at a crash. */
    public void onStop(Runnable action) {
        stops.add(action);
    }

    /** Whether the process still runs (or is paused). */
    public boolean isAlive() {
        return alive;
    }

    @Override
    public String toString() {
        return node.id() + " (start " + number + ")";
    }

    NodeTask handOver(long delayNanos, Trace.Kind kind, Runnable task) {
        NodeTask event = new NodeTask(this, kind, task);
        node.simulation().add(delayNanos, event);
        return event;
    }

    SimTransport simTransport() {
        return transport;
    }

    void stop() {
        for (int i = stops.size() - 1; i >= 0; i--) {
            stops.get(i).run();
        }
    }

    void end() {
        alive = false;
    }
}
