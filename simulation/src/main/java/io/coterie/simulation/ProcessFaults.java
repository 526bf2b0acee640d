package io.coterie.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Ends, pauses and slows processes. */
final class ProcessFaults implements FaultLane {
    private final Simulation simulation;
    private final List<SimNode> nodes;
    private final int maxDown;
    private final SimRandom random;

    ProcessFaults(Simulation simulation, List<SimNode> nodes, int maxDown, SimRandom random) {
        this.simulation = simulation;
        this.nodes = nodes;
        this.maxDown = maxDown;
        this.random = random;
    }

    @Override
    public Runnable begin(Fault fault) {
        List<SimNode> victims = fault == Fault.POWER_LOSS ? List.copyOf(nodes) : drawVictims();
        switch (fault) {
            case KILL -> victims.forEach(SimNode::kill);
            case CRASH, POWER_LOSS -> victims.forEach(SimNode::crash);
            case STOP -> victims.forEach(SimNode::stop);
            case PAUSE -> victims.forEach(SimNode::pause);
            default ->
                victims.forEach(
                        node -> node.slowDown(random.between(Duration.ofNanos(100_000), Duration.ofMillis(10))));
        }
        return () -> victims.forEach(fault == Fault.POWER_LOSS ? this::restoreSoon : ProcessFaults::restore);
    }

    /** Brings a process back from whatever befell it. */
    static void restore(SimNode node) {
        node.slowDown(Duration.ZERO);
        node.resume();
        if (!node.isUp()) {
            node.start();
        }
    }

    private void restoreSoon(SimNode node) {
        simulation.after(random.between(Duration.ZERO, Duration.ofMillis(500)), () -> restore(node));
    }

    /** Who is down for another reason, say because it refused to start, counts too. */
    private List<SimNode> drawVictims() {
        List<SimNode> up = new ArrayList<>(nodes);
        up.removeIf(node -> !node.isUp());
        int most = Math.min(maxDown - (nodes.size() - up.size()), up.size());
        random.shuffle(up);
        return most <= 0 ? List.of() : List.copyOf(up.subList(0, 1 + random.nextInt(most)));
    }
}
