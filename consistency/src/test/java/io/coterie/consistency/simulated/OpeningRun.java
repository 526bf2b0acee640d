package io.coterie.consistency.simulated;

import io.coterie.consistency.simulated.callers.RunShape;
import io.coterie.consistency.simulated.checks.FailureTexts;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.Opening;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.Simulation;
import io.coterie.simulation.faults.FaultPlan;
import io.coterie.simulation.faults.Nemesis;
import java.time.Duration;
import java.util.List;

/**
 * Nodes that start one after the other, under faults, and all the time the failure that an
 * operation would end with for which the store is not open in time. The facade has the same text.
 */
public final class OpeningRun {
    private static final Duration LATEST_START = Duration.ofSeconds(3);
    private static final Duration RUN = Duration.ofSeconds(8);
    private static final Duration PERIOD = Duration.ofMillis(10);

    private final Simulation simulation;
    private final SimulatedCluster cluster;

    public OpeningRun(long seed, SimulatedCluster.Variant variant) {
        simulation = Simulation.create(seed);
        SimRandom random = simulation.random("openings");
        simulation.network().signalsConnections(random.chance(0.5));
        simulation
                .network()
                .faults(NetworkFaults.none()
                        .withDelay(RunShape.MIN_DELAY, random.between(RunShape.MIN_DELAY, Duration.ofMillis(200))));
        cluster = new SimulatedCluster(simulation, random.chance(0.6) ? 3 : 5, 2, variant, (start, store) -> {});
        for (SimNode node : simulation.nodes()) {
            simulation.after(random.between(Duration.ZERO, LATEST_START), node::start);
        }
        simulation.after(LATEST_START, () -> {
            FaultPlan plan = FaultPlan.draw(random, 1);
            Nemesis.unleash(simulation, List.copyOf(simulation.nodes()), plan, RUN);
        });
        look();
        simulation.runFor(LATEST_START.plus(RUN));
    }

    private void look() {
        for (SimNode node : simulation.nodes()) {
            Opening opening = cluster.opening(node);
            if (opening != null && !opening.isOpen() && opening.refusal() == null) {
                FailureTexts.note(new QuorumUnavailableException(
                        "store \"store\": Get was not begun in time, as the store is not open yet: it "
                                + opening.progress(),
                        opening.said()));
            }
        }
        simulation.after(PERIOD, this::look);
    }
}
