package io.coterie.simulation;

import io.coterie.rpc.spi.Transport;
import io.coterie.rpc.spi.World;
import io.coterie.simulation.internal.events.Trace;
import io.coterie.simulation.internal.process.SimLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * One start of a node's process, and all that it can reach of the world: time, chance, network and
 * disk. {@link Simulation#node(String, java.util.function.Consumer)} hands it to the code under
 * simulation.
 *
 * <p>When the process ends, all of it goes dead. Waiting tasks are dropped, and so is all that old
 * references still hand over or send.
 *
 * <p>Threading: the process has one loop, on which its messages, tasks and timers run one at a
 * time. {@link #executor()} and {@link #disk()} run tasks outside that loop. All of it happens on
 * the thread that runs the simulation.
 */
public final class SimStart {
    private final SimNode node;
    private final SimLoop loop;
    private final World world;
    private final Transport transport;
    private final SimVolume disk;
    private final List<Runnable> stops = new ArrayList<>();

    SimStart(SimNode node, SimLoop loop, World world, Transport transport, SimVolume disk) {
        this.node = node;
        this.loop = loop;
        this.world = world;
        this.transport = transport;
        this.disk = disk;
    }

    /** The node that was started. */
    public SimNode node() {
        return node;
    }

    /** The number of this start: 1 for the node's first, and so on. */
    public int number() {
        return loop.start();
    }

    /** The clock, the loop and the random numbers of this start. */
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
     * Runs tasks of this start outside its loop, one at a time and without delay. It stands for a
     * pool of threads in the real world. A task must not wait for another. Tasks of a process that
     * has ended are dropped without an error.
     */
    public Executor executor() {
        return task -> {
            if (loop.isAlive()) {
                loop.handOver(0, Trace.Kind.WORKER, task);
            }
        };
    }

    /**
     * Adds an action for a clean {@link SimNode#stop()}. Actions run on the loop, the last one that
     * was added first. A kill or a crash runs none.
     */
    public void onStop(Runnable action) {
        stops.add(action);
    }

    /** Whether the process still runs or is paused. */
    public boolean isAlive() {
        return loop.isAlive();
    }

    @Override
    public String toString() {
        return loop.toString();
    }

    SimLoop loop() {
        return loop;
    }

    void stop() {
        for (int i = stops.size() - 1; i >= 0; i--) {
            stops.get(i).run();
        }
    }
}
