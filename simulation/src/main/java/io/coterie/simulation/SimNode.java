package io.coterie.simulation;

import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import io.coterie.simulation.internal.events.NodeRef;
import io.coterie.simulation.internal.events.Trace;
import io.coterie.simulation.internal.process.NodeQueue;
import io.coterie.simulation.internal.process.SimClock;
import io.coterie.simulation.internal.process.SimLoop;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A machine with a name, a clock, a disk and at most one process, which can be started, stopped,
 * killed and paused. {@link Simulation#node(String, Consumer)} makes one.
 *
 * <p>Disk, wall clock and speed belong to the machine: they stay as they are when a process ends
 * and another starts. Memory, tasks and timers belong to the process, and end with it. By default
 * the wall clock is right, and the process takes no time for anything that it does.
 *
 * <p>Its methods may be called between runs of the simulation, in {@link Simulation#after} and by
 * tasks, always on the thread that runs the simulation. No method takes virtual time.
 */
public final class SimNode {
    private final NodeQueue queue;
    private final Consumer<SimStart> boot;
    private final SimRandom random;
    private final SimClock clock;
    private final SimDisk disk;
    private final Carrier carrier;
    private final Carrier.Port port;
    private final BiConsumer<SimNode, Throwable> failures;
    private @Nullable SimStart current;
    private int starts;

    SimNode(
            NodeQueue queue,
            Consumer<SimStart> boot,
            SimRandom random,
            Carrier carrier,
            BiConsumer<SimNode, Throwable> failures) {
        this.queue = queue;
        this.boot = boot;
        this.random = random;
        this.clock = new SimClock(queue.time());
        this.disk = new SimDisk(queue, random.split("disk"), this::isUp, this::crash);
        this.carrier = carrier;
        this.port = carrier.addPort(queue);
        this.failures = failures;
    }

    /** The node's name. */
    public NodeId id() {
        return queue.node().id();
    }

    /** The disk, which survives the process. It is here for its faults. */
    public SimDisk disk() {
        return disk;
    }

    /** Whether the process runs or is paused. */
    public boolean isUp() {
        return current != null;
    }

    /** Whether the process is paused. */
    public boolean isPaused() {
        return queue.isPaused();
    }

    /** How many times the process was started so far. */
    public int starts() {
        return starts;
    }

    /** The start whose process is up now; {@code null} if none is. */
    @Nullable
    public SimStart current() {
        return current;
    }

    /**
     * Starts the process: calls the node's boot with a new {@link SimStart}, on the loop of the new
     * process, before this returns. The process gets the messages that are in flight to the node.
     *
     * @throws IllegalStateException if it is up
     * @throws RuntimeException what the boot throws; the process is dead then, as after {@link
     *     #kill()}
     */
    public void start() {
        if (current != null) {
            throw new IllegalStateException("node " + this + " is up already");
        }
        SimLoop loop = new SimLoop(queue, ++starts, thrown -> failures.accept(this, thrown));
        SimRandom own = random.split(starts);
        World world = new World(clock.monotonicFrom(own.nextLong() >> 2), loop, own.split("world"));
        SimTransport transport = new SimTransport(loop, carrier);
        SimStart start = new SimStart(this, loop, world, transport, new SimVolume(disk.operations(), loop));
        current = start;
        carrier.connect(port, transport);
        record(Trace.Kind.START);
        try {
            loop.runOrThrow(() -> boot.accept(start));
        } catch (RuntimeException | Error e) {
            kill();
            throw e;
        }
    }

    /**
     * Ends the process cleanly, after the actions of {@link SimStart#onStop}. A paused process ends
     * in the same way. Does nothing if it is down.
     *
     * @throws RuntimeException what an action throws; the process is still up then
     */
    public void stop() {
        SimStart start = current;
        if (start != null) {
            start.loop().runOrThrow(start::stop);
            end(Trace.Kind.STOP);
        }
    }

    /**
     * Ends the process at once. All its tasks and timers are dropped. The disk job that is running
     * may be done in part. All that was written survives, forced or not, because the machine is
     * still up. Does nothing if the process is down.
     */
    public void kill() {
        end(Trace.Kind.KILL);
    }

    /**
     * Cuts the machine's power. The process ends as by {@link #kill()}, and writes that were not
     * forced are lost or torn. The disk loses them even if the process is down.
     */
    public void crash() {
        end(Trace.Kind.CRASH);
        disk.losePower();
    }

    /**
     * Cuts the machine's power as {@link #crash()}, and starts the process at the same instant.
     *
     * @throws RuntimeException as {@link #start()}
     */
    public void restart() {
        crash();
        start();
    }

    /**
     * Pauses the process: it does nothing until {@link #resume()}, while time passes. Messages,
     * timers and disk jobs that come due wait, without a limit. The others see a process that is
     * silent, and no connection that ends. Does nothing if the process is down or paused.
     */
    public void pause() {
        if (current != null && !queue.isPaused()) {
            queue.pause();
            record(Trace.Kind.PAUSE);
        }
    }

    /**
     * Ends a pause. All that became due in it happens now, in its order. Does nothing if the
     * process is not paused.
     */
    public void resume() {
        if (queue.isPaused()) {
            record(Trace.Kind.RESUME);
            queue.resume();
        }
    }

    /**
     * Makes the process slow, until it is called again; a restart does not change it.
     *
     * @param perEvent how long the process is busy with each task, message and disk job; zero or
     *     more. The default, zero, takes no time
     */
    public void slowDown(Duration perEvent) {
        queue.slowDown(perEvent);
    }

    /**
     * Lets the wall clock jump. The steady clock of {@link SimStart#world()} does not change.
     *
     * @param by forwards, or back if negative; it adds to earlier jumps
     */
    public void jumpWallClock(Duration by) {
        clock.jump(by);
    }

    /**
     * Lets the wall clock drift from now on. What it has gained or lost before stays. The steady
     * clock of {@link SimStart#world()} does not drift.
     *
     * @param rate how much it gains per second of true time: 0.001 gains a millisecond, negative
     *     numbers lose; default 0. Below -1 the clock goes back
     */
    public void driftWallClock(double rate) {
        clock.drift(rate);
    }

    /** Sets the wall clock right and ends its drift. */
    public void setWallClock() {
        clock.set();
    }

    /**
     * Runs a task on the loop of the process, at this instant but after the events that are already
     * due. A paused or slow process gets to it later. It is dropped if the process ends before.
     *
     * @param task its exceptions go to {@link Simulation#onTaskFailure}
     * @throws IllegalStateException if the process is down
     */
    public void execute(Runnable task) {
        SimStart start = current;
        if (start == null) {
            throw new IllegalStateException("node " + this + " is down");
        }
        start.world().scheduler().execute(task);
    }

    @Override
    public String toString() {
        return queue.node().toString();
    }

    NodeRef ref() {
        return queue.node();
    }

    Carrier.Port port() {
        return port;
    }

    private void end(Trace.Kind how) {
        SimStart start = current;
        if (start == null) {
            return;
        }
        record(how);
        current = null;
        carrier.connect(port, null);
        start.loop().end();
        queue.clear();
        start.disk().processDied();
        carrier.processEnded(start.loop(), how);
    }

    private void record(Trace.Kind kind) {
        queue.trace().record(kind, queue.node(), starts);
    }
}
