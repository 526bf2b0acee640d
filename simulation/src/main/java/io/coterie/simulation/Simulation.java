package io.coterie.simulation;

import io.coterie.rpc.NodeId;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A world of nodes on virtual time, in which one seed decides everything: the same seed and the same code give the same
 * run, event for event.
 *
 * <p>Everything runs on the thread that calls {@link #runFor} or {@link #runUntil}; time passes only in there, and jumps
 * from one event to the next. Code under simulation must reach time, chance, network and disk through what a
 * {@link SimStart} gives it, and must not start threads.
 *
 * <pre>{@code
 * Simulation simulation = Simulation.create(42);
 * for (String name : List.of("a", "b", "c")) {
 *     simulation.node(name, start -> new MyNode(start.world(), start.transport())).start();
 * }
 * simulation.network().faults(NetworkFaults.none().withLoss(0.05));
 * simulation.runFor(Duration.ofSeconds(30));
 * }</pre>
 */
public final class Simulation {
    /** More events than this at one instant mean a loop of tasks in which no time passes. */
    private static final int MOST_AT_ONE_INSTANT = 1_000_000;

    private final long seed;
    private final SimRandom root;
    private final SimRandom workload;
    private final EventQueue queue = new EventQueue();
    private final Trace trace = new Trace(this);
    private final Map<NodeId, SimNode> nodes = new LinkedHashMap<>();
    private final SimNetwork network;
    private BiConsumer<SimNode, Throwable> failureHandler = this::fail;
    private long now;
    private int atThisInstant;
    private boolean running;
    private @Nullable SimStart current;

    private Simulation(long seed) {
        this.seed = seed;
        this.root = new SimRandom(seed);
        this.workload = random("workload");
        this.network = new SimNetwork(this);
    }

    /** A world without nodes, at time zero. */
    public static Simulation create(long seed) {
        return new Simulation(seed);
    }

    /** The seed that decides everything. */
    public long seed() {
        return seed;
    }

    /** The virtual time since the start. */
    public Duration now() {
        return Duration.ofNanos(now);
    }

    /** The virtual time since the start, in nanoseconds. */
    public long nanos() {
        return now;
    }

    /** The stream of chance for the test's own draws, say of its workload. */
    public SimRandom random() {
        return workload;
    }

    /** A stream of chance of that name: the same for the same seed and name, whatever else is drawn. */
    public SimRandom random(String name) {
        return root.split(name);
    }

    /** The network between the nodes. */
    public SimNetwork network() {
        return network;
    }

    /**
     * Adds a node, which is down until {@link SimNode#start()}.
     *
     * @param name as for {@link NodeId}
     * @param boot assembles the node anew at each start, on the node's loop
     * @throws IllegalArgumentException if there is a node of that name
     */
    public SimNode node(String name, Consumer<SimStart> boot) {
        NodeId id = NodeId.of(name);
        if (nodes.containsKey(id)) {
            throw new IllegalArgumentException("there is a node " + name + " already");
        }
        SimNode node = new SimNode(this, id, nodes.size(), boot);
        nodes.put(id, node);
        return node;
    }

    /**
     * The node of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public SimNode node(String name) {
        SimNode node = find(NodeId.of(name));
        if (node == null) {
            throw new IllegalArgumentException("there is no node " + name + ", only " + nodes.keySet());
        }
        return node;
    }

    /** All nodes, in the order of their creation. */
    public Collection<SimNode> nodes() {
        return Collections.unmodifiableCollection(nodes.values());
    }

    /**
     * Does something after a while, outside all nodes: what a user or an operator would do.
     *
     * @param delay zero or more
     */
    public void after(Duration delay, Runnable action) {
        add(delay.toNanos(), new Event() {
            @Override
            void fire() {
                action.run();
            }
        });
    }

    /**
     * Lets that much time pass.
     *
     * @throws SimulationException if code under simulation throws; the world is left as it was then
     */
    public void runFor(Duration duration) {
        runUntil(() -> false, duration);
    }

    /**
     * Lets time pass until the condition holds, which is looked at after every event.
     *
     * @param limit the longest time to pass
     * @return whether the condition holds
     * @throws SimulationException if code under simulation throws; the world is left as it was then
     */
    public boolean runUntil(BooleanSupplier condition, Duration limit) {
        if (running) {
            throw new IllegalStateException("the simulation is running already: what happens in it cannot run it");
        }
        long end = Math.addExact(now, limit.toNanos());
        running = true;
        try {
            while (!condition.getAsBoolean()) {
                if (queue.nextDue() > end) {
                    now = end;
                    return false;
                }
                fireNext();
            }
            return true;
        } finally {
            running = false;
        }
    }

    /** Writes a line into the trace. */
    public void note(String text) {
        trace.note(text);
    }

    /** A hash over all events so far, of their times, order, nodes and contents: equal runs have equal hashes. */
    public long traceHash() {
        return trace.hash();
    }

    /** How many events there were so far. */
    public long traceEvents() {
        return trace.events();
    }

    /**
     * Hands every event from now on to the sink, as a line of text: nanoseconds, kind, node, other node, detail. Slow; for
     * finding out what went on in one run.
     */
    public void traceTo(Consumer<String> sink) {
        trace.sink(sink);
    }

    /**
     * Is told of whatever the nodes' tasks throw. By default, {@link #runFor} ends with a {@link SimulationException};
     * a handler that returns lets the node go on, as a real loop does.
     */
    public void onTaskFailure(BiConsumer<SimNode, Throwable> handler) {
        this.failureHandler = handler;
    }

    @Override
    public String toString() {
        return "simulation with seed " + seed + " at " + now();
    }

    void add(long delayNanos, Event event) {
        queue.add(Math.addExact(now, Math.max(0, delayNanos)), event);
    }

    Trace trace() {
        return trace;
    }

    @Nullable
    SimNode find(NodeId id) {
        return nodes.get(id);
    }

    @Nullable
    SimStart current() {
        return current;
    }

    /** Runs a task as a node's loop ({@code loop} is its start) or as none, and comes back to what ran before. */
    void runAs(@Nullable SimStart loop, Runnable task) {
        SimStart outer = current;
        current = loop;
        try {
            task.run();
        } finally {
            current = outer;
        }
    }

    /** As {@link #runAs}, for tasks whose exceptions nobody above waits for. */
    void runTask(SimNode node, @Nullable SimStart loop, Runnable task) {
        try {
            runAs(loop, task);
        } catch (RuntimeException | Error e) {
            failureHandler.accept(node, e);
        }
    }

    private void fireNext() {
        Event event = queue.poll();
        if (event.due > now) {
            now = event.due;
            atThisInstant = 0;
        } else if (++atThisInstant > MOST_AT_ONE_INSTANT) {
            throw new IllegalStateException("seed " + seed + ": more than " + MOST_AT_ONE_INSTANT + " events at "
                    + now() + ": tasks hand over tasks without end and no time passes");
        }
        event.fire();
    }

    private void fail(SimNode node, Throwable thrown) {
        if (thrown instanceof SimulationException told) {
            throw told;
        }
        throw new SimulationException(
                "seed " + seed + ": node " + node.id() + " threw at " + now() + ": " + thrown, thrown);
    }
}
