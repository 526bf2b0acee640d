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
    private final Ailing ailing;
    private final SimRandom random;

    ProcessFaults(Simulation simulation, List<SimNode> nodes, Ailing ailing, SimRandom random) {
        this.simulation = simulation;
        this.nodes = nodes;
        this.ailing = ailing;
        this.random = random;
    }

    @Override
    public Ongoing begin(Fault fault, Duration length) {
        List<SimNode> victims = fault == Fault.POWER_LOSS ? List.copyOf(nodes) : drawVictims();
        ailing.add(victims);
        switch (fault) {
            case KILL -> victims.forEach(SimNode::kill);
            case CRASH -> victims.forEach(SimNode::crash);
            case POWER_LOSS ->
                victims.forEach(node -> {
                    // All start again, also those whose disk is not to fail at a start.
                    node.disk().mend();
                    node.crash();
                });
            case STOP -> victims.forEach(SimNode::stop);
            case PAUSE -> victims.forEach(SimNode::pause);
            default ->
                victims.forEach(
                        node -> node.slowDown(random.between(Duration.ofNanos(100_000), Duration.ofMillis(10))));
        }
        return new Ongoing(victims.toString(), () -> {
            ailing.remove(victims);
            victims.forEach(fault == Fault.POWER_LOSS ? this::restoreSoon : ProcessFaults::restore);
        });
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

    private List<SimNode> drawVictims() {
        List<SimNode> well = ailing.others();
        int most = Math.min(ailing.room(), well.size());
        random.shuffle(well);
        return most <= 0 ? List.of() : List.copyOf(well.subList(0, 1 + random.nextInt(most)));
    }
}
