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
 * <p>It starts nodes as they were created. If a boot throws, the run of the simulation ends.
 *
 * <p>While it is on, a test must not set what it sets: the faults of the network, cuts, clocks, and
 * the speed of disks. All methods are called on the thread that runs the simulation.
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
     * Starts a nemesis, which ends by itself.
     *
     * @param nodes the nodes that get the faults, at least two; other nodes, such as clients, may
     *     still be cut off
     * @param plan the faults
     * @param duration how long faults come, in virtual time
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

    /** How many faults have begun so far. */
    public int faults() {
        return spans.size();
    }

    /** The faults so far, in the order in which they began; a copy. */
    public List<FaultSpan> spans() {
        return List.copyOf(spans);
    }

    /**
     * Ends it now: all its nodes run, no link is cut, messages have the faults that they had
     * before, and clocks are right. Does nothing if it has ended.
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
