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
 * Lets faults befall nodes as a {@link FaultPlan} says, at times that the simulation's seed decides, and takes them all away
 * at the end. Up to four faults are on at once, one of each {@link Fault.Lane}.
 *
 * <p>It starts nodes again with what they were created with. What a boot throws ends the run of the simulation.
 */
public final class Nemesis {
    private final Simulation simulation;
    private final List<SimNode> nodes;
    private final FaultPlan plan;
    private final SimRandom random;
    private final LinkFaults links;
    private final WeatherFaults weather;
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
        this.weather = new WeatherFaults(simulation, this.nodes, plan.strength(), random.split("weather"));
        Ailing ailing = new Ailing(this.nodes, plan.maxDown());
        this.machines = new MachineFaults(simulation, this.nodes, ailing, random.split("machines"));
        lanes.put(Fault.Lane.PROCESSES, new ProcessFaults(simulation, this.nodes, ailing, random.split("processes")));
        lanes.put(Fault.Lane.LINKS, links);
        lanes.put(Fault.Lane.WEATHER, weather);
        lanes.put(Fault.Lane.MACHINES, machines);
    }

    /**
     * Begins, and ends of itself after a while.
     *
     * @param nodes whom the faults befall, at least two; nodes that are left out, say clients, may still be cut off
     * @param duration how long faults come
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

    /** Whether it has ended and all is well. */
    public boolean isOver() {
        return over;
    }

    /** How many faults it has begun so far. */
    public int faults() {
        return spans.size();
    }

    /** The faults so far, in the order of their beginning. */
    public List<FaultSpan> spans() {
        return List.copyOf(spans);
    }

    /**
     * Ends it: all of its nodes run, all links are mended, messages fare as they did before it, clocks are right. Once it has
     * ended this does nothing.
     */
    public void calm() {
        if (!over) {
            over = true;
            links.end();
            weather.end();
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
        List<Fault> choice = new ArrayList<>(plan.faults());
        choice.removeIf(fault -> fault.lane() != lane);
        choice.sort(Comparator.naturalOrder());
        if (!choice.isEmpty()) {
            next(faultLane, choice, random.split(lane.name()));
        }
    }

    private void next(FaultLane lane, List<Fault> choice, SimRandom times) {
        simulation.after(times.between(Duration.ZERO, plan.longestQuiet()), () -> {
            if (!over) {
                Fault fault = times.pick(choice);
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
                        next(lane, choice, times);
                    }
                });
            }
        });
    }
}
