package io.coterie.simulation;

import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.internal.events.Event;
import io.coterie.simulation.internal.events.NodeRef;
import io.coterie.simulation.internal.events.Trace;
import io.coterie.simulation.internal.events.VirtualTime;
import io.coterie.simulation.internal.process.NodeQueue;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A world of nodes on virtual time, in which one seed decides everything: the same seed and the
 * same code give the same run, event for event.
 *
 * <p>Everything runs on the thread that calls {@link #runFor} or {@link #runUntil}. Time passes
 * only in these calls, and jumps from one event to the next. Code under simulation must take time,
 * random numbers, network and disk from its {@link SimStart}, and must not start threads. No method
 * may be called by two threads at once.
 *
 * <pre>{@code
 * Simulation simulation = Simulation.create(42);
 * for (String name : List.of("a", "b", "c")) {
 *     simulation.node(name, start -> new MyNode(start.world(), start.transport())).start();
 * }
 * simulation.network().faults(NetworkFaults.none().withLoss(0.05));
 * simulation.runFor(Duration.ofSeconds(30));
 * }</pre>
 *
 * <p>A test that fails prints the seed. The same seed then repeats the failure, and {@link
 * #traceTo} shows all that happened.
 */
public final class Simulation {
    private final long seed;
    private final SimRandom root;
    private final SimRandom workload;
    private final VirtualTime time;
    private final Trace trace;
    private final Carrier carrier;
    private final SimNetwork network;
    private final Map<NodeId, SimNode> nodes = new LinkedHashMap<>();
    private BiConsumer<SimNode, Throwable> failureHandler = this::fail;

    private Simulation(long seed) {
        this.seed = seed;
        this.root = new SimRandom(seed);
        this.workload = random("workload");
        this.time = new VirtualTime(seed);
        this.trace = new Trace(time);
        Links links = new Links(trace);
        this.carrier = new Carrier(links, time, trace, random("network"));
        this.network = new SimNetwork(links, carrier, nodes());
    }

    /** A world without nodes, at time zero, with a network that has no faults. */
    public static Simulation create(long seed) {
        return new Simulation(seed);
    }

    /** The seed that decides everything. */
    public long seed() {
        return seed;
    }

    /** The virtual time since the start. */
    public Duration now() {
        return time.now();
    }

    /** The virtual time since the start, in nanoseconds. */
    public long nanos() {
        return time.nanos();
    }

    /** The random numbers for the test's own draws, such as its workload. */
    public SimRandom random() {
        return workload;
    }

    /**
     * A stream of random numbers with a name. The same seed and name give the same stream, whatever
     * else is drawn.
     */
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
     * @param boot builds the node at each start, on the node's loop
     * @throws IllegalArgumentException if there is a node with that name, or the name is not valid
     */
    public SimNode node(String name, Consumer<SimStart> boot) {
        NodeId id = NodeId.of(name);
        if (nodes.containsKey(id)) {
            throw new IllegalArgumentException("there is a node " + name + " already");
        }
        NodeQueue queue = new NodeQueue(new NodeRef(id, nodes.size()), time, trace);
        SimRandom own = random("nodes").split(name);
        SimNode node =
                new SimNode(queue, boot, own, carrier, (failed, thrown) -> failureHandler.accept(failed, thrown));
        nodes.put(id, node);
        return node;
    }

    /**
     * The node with that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public SimNode node(String name) {
        SimNode node = nodes.get(NodeId.of(name));
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
     * Runs an action after a while, outside all nodes, as a user or an operator acts. An exception
     * of the action ends the run.
     *
     * @param delay zero or more
     */
    public void after(Duration delay, Runnable action) {
        time.add(delay.toNanos(), new Event() {
            @Override
            public void fire() {
                action.run();
            }
        });
    }

    /**
     * Lets that much virtual time pass. The call takes as long as the code under simulation
     * computes.
     *
     * @throws SimulationException if code under simulation throws; the world stays as it was then
     * @throws IllegalStateException if the simulation runs already, or if a million events happen
     *     at one instant
     */
    public void runFor(Duration duration) {
        runUntil(() -> false, duration);
    }

    /**
     * Lets virtual time pass until a condition holds.
     *
     * @param condition asked before the first event and after each
     * @param limit the most time that may pass; zero or more
     * @return whether the condition holds
     * @throws SimulationException if code under simulation throws; the world stays as it was then
     * @throws IllegalStateException if the simulation runs already, or if a million events happen
     *     at one instant
     */
    public boolean runUntil(BooleanSupplier condition, Duration limit) {
        return time.runUntil(condition, limit);
    }

    /** Writes a line into the trace. It counts in the hash. */
    public void note(String text) {
        trace.note(text);
    }

    /**
     * A hash over the times, order, nodes and contents of all events so far. Equal runs have equal
     * hashes.
     */
    public long traceHash() {
        return trace.hash();
    }

    /**
     * Hands every event from now on to a sink, as a line of text: nanoseconds, kind, node, other
     * node, detail. Slow: use it to study a single run. The run itself stays the same.
     */
    public void traceTo(Consumer<String> sink) {
        trace.sink(sink);
    }

    /**
     * Sets the handler of exceptions of the nodes' tasks. By default, {@link #runFor} ends with a
     * {@link SimulationException}. A handler that returns lets the node continue, as a real loop
     * does.
     */
    public void onTaskFailure(BiConsumer<SimNode, Throwable> handler) {
        this.failureHandler = handler;
    }

    @Override
    public String toString() {
        return "simulation with seed " + seed + " at " + now();
    }

    private void fail(SimNode node, Throwable thrown) {
        if (thrown instanceof SimulationException known) {
            throw known;
        }
        throw new SimulationException(
                "seed " + seed + ": node " + node.id() + " threw at " + now() + ": " + thrown, thrown);
    }
}
