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
 * <p>When the process ends, all of it is dead. Waiting tasks are dropped, without an error, and so
 * are tasks and messages that code of the dead process still submits. Its files throw {@link
 * java.io.IOException}.
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

    /**
     * The clock, the loop and the random numbers of this start.
     *
     * <p>The clock shows virtual time. Its steady readings begin at a random number, as those of
     * {@link System#nanoTime()}; its wall time begins at 2025-01-01 00:00 UTC and is off by what
     * {@link SimNode#jumpWallClock} and {@link SimNode#driftWallClock} did. The random numbers
     * depend on the seed, the node's name and {@link #number()} alone.
     */
    public World world() {
        return world;
    }

    /**
     * This start's end of the simulated network, for one {@link io.coterie.rpc.RpcNode} or another
     * user. It carries messages up to 64 MiB, to any node of the simulation, and starts once.
     */
    public Transport transport() {
        return transport;
    }

    /** The node's disk as this start sees it. It holds what earlier starts left there. */
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
     * Adds an action for a clean {@link SimNode#stop()}, such as closing what the boot opened.
     * Actions run on the loop, the last one that was added first. If one throws, the others do not
     * run, the process stays up, and {@code stop} throws the exception. A kill or a crash runs
     * none.
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
