package io.coterie.simulation;

import io.coterie.rpc.NodeId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A machine with a name, a clock, a disk and at most one process, which can be started, stopped, killed and paused.
 *
 * <p>Its methods may be called between runs of the simulation, from {@link Simulation#after} and by tasks.
 */
public final class SimNode {
    private final Simulation simulation;
    private final NodeId id;
    private final int index;
    private final Consumer<SimStart> boot;
    private final SimRandom random;
    private final SimClock clock;
    private final SimDisk disk;
    private final Deque<NodeEvent> backlog = new ArrayDeque<>();
    private @Nullable SimStart current;
    private int starts;
    private boolean paused;
    private long stepNanos;
    private long busyUntil;
    private boolean drainComes;

    SimNode(Simulation simulation, NodeId id, int index, Consumer<SimStart> boot) {
        this.simulation = simulation;
        this.id = id;
        this.index = index;
        this.boot = boot;
        this.random = simulation.random("nodes").split(id.name());
        this.clock = new SimClock(simulation);
        this.disk = new SimDisk(this, random.split("disk"));
    }

    /** The node's name. */
    public NodeId id() {
        return id;
    }

    /** The disk, which survives the process; here for its faults. */
    public SimDisk disk() {
        return disk;
    }

    /** Whether the process runs or is paused. */
    public boolean isUp() {
        return current != null;
    }

    /** Whether the process is paused. */
    public boolean isPaused() {
        return paused;
    }

    /** How many times the process was started so far. */
    public int starts() {
        return starts;
    }

    /**
     * Starts the process.
     *
     * @throws IllegalStateException if it is up
     * @throws RuntimeException what the boot throws; the process is dead then, as after {@link #kill()}
     */
    public void start() {
        if (current != null) {
            throw new IllegalStateException("node " + id + " is up already");
        }
        SimStart start = new SimStart(this, ++starts, random.split(starts), clock);
        current = start;
        simulation.trace().record(Trace.Kind.START, this, starts);
        try {
            simulation.runAs(start, () -> boot.accept(start));
        } catch (RuntimeException | Error e) {
            kill();
            throw e;
        }
    }

    /** Ends the process cleanly: does what {@link SimStart#onStop} asked for. Does nothing if it is down. */
    public void stop() {
        SimStart start = current;
        if (start != null) {
            simulation.runAs(start, start::stop);
            end(Trace.Kind.STOP);
        }
    }

    /**
     * Ends the process at once. All its tasks and timers vanish; a disk job under way may be done in part. What was
     * written survives, forced or not, for the machine goes on. Does nothing if it is down.
     */
    public void kill() {
        end(Trace.Kind.KILL);
    }

    /**
     * Cuts the machine's power: as {@link #kill()}, and what was written but not forced is lost or torn. Does nothing to
     * the process if it is down, but still to the disk.
     */
    public void crash() {
        end(Trace.Kind.CRASH);
        disk.losePower();
    }

    /** Crashes the node if it is up, and starts it. */
    public void restart() {
        crash();
        start();
    }

    /** Stops the process in its tracks: it does nothing until {@link #resume()}, and then goes on as if no time had passed. */
    public void pause() {
        if (current != null && !paused) {
            paused = true;
            simulation.trace().record(Trace.Kind.PAUSE, this, starts);
        }
    }

    /** Lets a paused process go on: what became due in the meantime happens now, in its order. */
    public void resume() {
        if (paused) {
            paused = false;
            simulation.trace().record(Trace.Kind.RESUME, this, starts);
            drainSoon();
        }
    }

    /**
     * Makes the process slow.
     *
     * @param perEvent how long it is busy with each task, message and disk job; zero, the default, is as fast as can be
     */
    public void slowDown(Duration perEvent) {
        stepNanos = perEvent.toNanos();
    }

    /** Lets the wall clock jump, forwards or back. */
    public void jumpWallClock(Duration by) {
        clock.jump(by);
    }

    /**
     * Lets the wall clock drift from now on.
     *
     * @param rate how much it gains per second of true time: 0.001 gains a millisecond, negative numbers lose
     */
    public void driftWallClock(double rate) {
        clock.drift(rate);
    }

    /** Sets the wall clock right and ends its drift. */
    public void setWallClock() {
        clock.set();
    }

    /**
     * Runs a task on the loop of the process, soon.
     *
     * @throws IllegalStateException if the process is down
     */
    public void execute(Runnable task) {
        SimStart start = current;
        if (start == null) {
            throw new IllegalStateException("node " + id + " is down");
        }
        start.world().scheduler().execute(task);
    }

    @Override
    public String toString() {
        return id.name();
    }

    Simulation simulation() {
        return simulation;
    }

    int index() {
        return index;
    }

    @Nullable
    public SimStart current() {
        return current;
    }

    /** Lets an event happen that is due, or keeps it for when the process gets to it. */
    void admit(NodeEvent event) {
        if (!paused && stepNanos == 0 && backlog.isEmpty()) {
            event.happen();
        } else {
            backlog.add(event);
            drainSoon();
        }
    }

    /** One event at a time goes through the queue, so that what it causes at other nodes keeps its place in time. */
    private void drainSoon() {
        if (!paused && !drainComes) {
            drainComes = true;
            simulation.add(busyUntil - simulation.nanos(), new Event() {
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
            busyUntil = simulation.nanos() + stepNanos;
            event.happen();
            if (!backlog.isEmpty()) {
                drainSoon();
            }
        }
    }

    private void end(Trace.Kind how) {
        SimStart start = current;
        if (start == null) {
            return;
        }
        simulation.trace().record(how, this, starts);
        current = null;
        start.end();
        paused = false;
        backlog.clear();
        start.disk().processDied();
        simulation.network().processEnded(this, start, how);
    }
}
