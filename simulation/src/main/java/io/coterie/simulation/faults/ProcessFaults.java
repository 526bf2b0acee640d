package io.coterie.simulation.faults;

import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.List;

/** Ends, pauses and slows processes. */
final class ProcessFaults implements FaultLane {
    private final Simulation simulation;
    private final List<SimNode> nodes;
    private final FaultBudget budget;
    private final SimRandom random;

    ProcessFaults(Simulation simulation, List<SimNode> nodes, FaultBudget budget, SimRandom random) {
        this.simulation = simulation;
        this.nodes = nodes;
        this.budget = budget;
        this.random = random;
    }

    @Override
    public Ongoing begin(Fault fault, Duration length) {
        List<SimNode> victims = fault == Fault.POWER_LOSS ? List.copyOf(nodes) : drawVictims();
        budget.add(victims);
        switch (fault) {
            case KILL -> victims.forEach(SimNode::kill);
            case CRASH -> victims.forEach(SimNode::crash);
            case POWER_LOSS ->
                victims.forEach(node -> {
                    // All start again, also nodes whose disk would fail then.
                    node.disk().endFailures();
                    node.crash();
                });
            case STOP -> victims.forEach(SimNode::stop);
            case PAUSE -> victims.forEach(SimNode::pause);
            default ->
                victims.forEach(
                        node -> node.slowDown(random.between(Duration.ofNanos(100_000), Duration.ofMillis(10))));
        }
        return new Ongoing(victims.toString(), () -> {
            budget.remove(victims);
            victims.forEach(fault == Fault.POWER_LOSS ? this::restoreSoon : ProcessFaults::restore);
        });
    }

    /** Ends all faults of a process. */
    static void restore(SimNode node) {
        node.slowDown(Duration.ZERO);
        node.resume();
        if (!node.isUp()) {
            // A process may not be able to start on a disk that fails.
            node.disk().endFailures();
            node.start();
        }
    }

    private void restoreSoon(SimNode node) {
        simulation.after(random.between(Duration.ZERO, Duration.ofMillis(500)), () -> restore(node));
    }

    private List<SimNode> drawVictims() {
        List<SimNode> healthy = budget.healthy();
        int max = Math.min(budget.room(), healthy.size());
        random.shuffle(healthy);
        return max <= 0 ? List.of() : List.copyOf(healthy.subList(0, 1 + random.nextInt(max)));
    }
}
