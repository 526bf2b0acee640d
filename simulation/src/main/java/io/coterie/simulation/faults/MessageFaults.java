package io.coterie.simulation.faults;

import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNetwork;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes the network lose, duplicate and delay messages. */
final class MessageFaults implements FaultLane {
    private final SimNetwork network;
    private final List<SimNode> nodes;
    private final double strength;
    private final SimRandom random;
    private final NetworkFaults usual;

    MessageFaults(Simulation simulation, List<SimNode> nodes, double strength, SimRandom random) {
        this.network = simulation.network();
        this.nodes = nodes;
        this.strength = strength;
        this.random = random;
        this.usual = network.faults();
    }

    @Override
    public Ongoing begin(Fault fault, Duration length) {
        switch (fault) {
            case LOSS -> network.faults(usual.withLoss(upTo(0.3)));
            case DUPLICATION -> network.faults(usual.withDuplication(upTo(0.3)));
            case DELAY ->
                network.faults(
                        usual.withDelay(usual.minDelay(), usual.maxDelay().plus(upTo(Duration.ofMillis(100)))));
            default -> slowLink();
        }
        return new Ongoing("", this::end);
    }

    void end() {
        network.faults(usual);
        network.clearLinkFaults();
    }

    private void slowLink() {
        List<SimNode> shuffled = new ArrayList<>(nodes);
        random.shuffle(shuffled);
        SimNode one = shuffled.get(0);
        SimNode other = shuffled.get(shuffled.size() - 1);
        NetworkFaults slow =
                usual.withDelay(Duration.ofMillis(20), Duration.ofMillis(20).plus(upTo(Duration.ofMillis(480))));
        network.faults(one, other, slow);
        network.faults(other, one, slow);
    }

    private double upTo(double max) {
        return 0.01 + (max - 0.01) * strength * random.nextDouble();
    }

    private Duration upTo(Duration max) {
        return random.between(Duration.ZERO, Duration.ofNanos((long) (max.toNanos() * strength)));
    }
}
