package io.coterie.simulation.faults;

import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Brings about the faults of a {@link FaultPlan}, at times that the simulation's seed decides, and
 * ends them all at the end. Up to four faults are on at once, one of each {@link Fault.Lane}.
 *
 * <pre>{@code
 * FaultPlan plan = FaultPlan.draw(simulation.random("plan"), 1);
 * Nemesis nemesis = Nemesis.unleash(simulation, replicas, plan, Duration.ofSeconds(20));
 * simulation.runUntil(nemesis::isOver, Duration.ofSeconds(21));
 * }</pre>
 *
 * <p>The times, kinds and victims of faults come from the simulation's stream {@code faults}. The
 * draws of the test and of other parts do not change them, but victims depend on which nodes are
 * up.
 *
 * <p>It starts nodes as they were created. If a boot throws, the run of the simulation ends.
 *
 * <p>While it is on, a test must not set what it sets: the faults of the network, cuts, clocks, and
 * the speed of disks. A test may end and start nodes: those that are down count towards {@link
 * FaultPlan#maxDown}. All methods are called on the thread that runs the simulation.
 */
public final class Nemesis {
    private final Simulation simulation;
    private final List<SimNode> nodes;
    private final FaultPlan plan;
    private final SimRandom random;
    private final LinkFaults links;
    private final MessageFaults messages;
    private final MachineFaults machines;
    private final Map<Fault.Lane, FaultLane> lanes = new EnumMap<>(Fault.Lane.class);
    private boolean over;
    private final List<FaultSpan> spans = new ArrayList<>();

    private Nemesis(Simulation simulation, List<SimNode> nodes, FaultPlan plan) {
        this.simulation = simulation;
        this.nodes = List.copyOf(nodes);
        this.plan = plan;
        this.random = simulation.random("faults");
        this.links = new LinkFaults(simulation, this.nodes, random.split("links"));
        this.messages = new MessageFaults(simulation, this.nodes, plan.strength(), random.split("weather"));
        FaultBudget budget = new FaultBudget(this.nodes, plan.maxDown());
        this.machines = new MachineFaults(simulation, this.nodes, budget, random.split("machines"));
        lanes.put(Fault.Lane.PROCESSES, new ProcessFaults(simulation, this.nodes, budget, random.split("processes")));
        lanes.put(Fault.Lane.LINKS, links);
        lanes.put(Fault.Lane.MESSAGES, messages);
        lanes.put(Fault.Lane.MACHINES, machines);
    }

    /**
     * Starts a nemesis, which ends by itself. The first fault of a lane begins after a random time,
     * up to {@link FaultPlan#longestQuiet}. Use one at a time for a simulation: a second one would
     * heal what the first has cut.
     *
     * @param simulation not yet run, or between two runs, or in {@link Simulation#after}
     * @param nodes the nodes that get the faults, at least two; other nodes, such as clients, may
     *     still be cut off
     * @param plan the faults
     * @param duration how long faults come, in virtual time; then all of them end as by {@link
     *     #calm()}, however long they were to last
     * @throws IllegalArgumentException if there are fewer than two nodes
     */
    public static Nemesis unleash(Simulation simulation, List<SimNode> nodes, FaultPlan plan, Duration duration) {
        if (nodes.size() < 2) {
            throw new IllegalArgumentException("a nemesis needs two nodes or more, not " + nodes);
        }
        Nemesis nemesis = new Nemesis(simulation, nodes, plan);
        nemesis.lanes.forEach(nemesis::quiet);
        simulation.after(duration, nemesis::calm);
        return nemesis;
    }

    /** Whether it has ended, and all faults with it. */
    public boolean isOver() {
        return over;
    }

    /**
     * How many faults have begun so far. One that found no victim counts, too: {@link
     * FaultPlan#maxDown} nodes were down already.
     */
    public int faults() {
        return spans.size();
    }

    /**
     * The faults so far, in the order in which they began; a copy. It suits the bands of a {@link
     * io.coterie.simulation.history.HistoryChart}, whose times are those of {@link
     * Simulation#nanos()}, too.
     */
    public List<FaultSpan> spans() {
        return List.copyOf(spans);
    }

    /**
     * Ends it now: all its nodes run, no link is cut or has faults of its own, messages have the
     * faults that they had before it began, clocks are right, and disks have room. A node whose
     * disk was full or failed a force loses its power and starts again. Does nothing if the nemesis
     * has ended.
     *
     * @throws RuntimeException what the boot of a node throws
     */
    public void calm() {
        if (!over) {
            over = true;
            links.end();
            messages.end();
            nodes.forEach(ProcessFaults::restore);
            machines.end();
            for (int i = 0; i < spans.size(); i++) {
                end(i);
            }
        }
    }

    private void end(int number) {
        FaultSpan span = spans.get(number);
        if (span.ended() == Long.MAX_VALUE) {
            spans.set(number, new FaultSpan(span.fault(), span.whom(), span.began(), simulation.nanos()));
        }
    }

    private void quiet(Fault.Lane lane, FaultLane faultLane) {
        List<Fault> kinds = new ArrayList<>(plan.faults());
        kinds.removeIf(fault -> fault.lane() != lane);
        kinds.sort(Comparator.naturalOrder());
        if (!kinds.isEmpty()) {
            next(faultLane, kinds, random.split(lane.stream()));
        }
    }

    private void next(FaultLane lane, List<Fault> kinds, SimRandom times) {
        simulation.after(times.between(Duration.ZERO, plan.longestQuiet()), () -> {
            if (!over) {
                Fault fault = times.pick(kinds);
                simulation.note("begin " + fault);
                Duration length = times.between(Duration.ZERO, plan.longestFault());
                FaultLane.Ongoing ongoing = lane.begin(fault, length);
                int number = spans.size();
                spans.add(new FaultSpan(fault, ongoing.whom(), simulation.nanos(), Long.MAX_VALUE));
                simulation.after(length, () -> {
                    if (!over) {
                        simulation.note("end " + fault);
                        ongoing.end().run();
                        end(number);
                        next(lane, kinds, times);
                    }
                });
            }
        });
    }
}
