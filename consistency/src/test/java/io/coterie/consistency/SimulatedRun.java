package io.coterie.consistency;

import io.coterie.replication.Quorums;
import io.coterie.simulation.FaultPlan;
import io.coterie.simulation.Nemesis;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import io.coterie.simulation.history.History;
import io.coterie.simulation.history.HistoryChart;
import io.coterie.simulation.history.HistoryRecorder;
import io.coterie.simulation.history.LinearizabilityChecker;
import io.coterie.simulation.history.Outcome;
import io.coterie.simulation.history.RegisterModel;
import io.coterie.simulation.history.Verdict;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** One simulated run of a strong cluster under faults, all of it drawn from one seed. */
final class SimulatedRun {
    private static final int CLIENTS = 3;

    /** How long operations go on after the last fault is healed. */
    private static final Duration RECOVERY = Duration.ofMillis(500);

    /** Nobody writes any more: what writers that are gone have left half done must not stand in the way of readers. */
    private static final Duration CALM = Duration.ofSeconds(3);

    /** Within this time, after all of that, each node must have been answered for each key. */
    private static final Duration READ_BACK = Duration.ofSeconds(30);

    private final Simulation simulation;
    private final RunShape shape;
    private final SharedKeys keys;
    private final HistoryRecorder recorder;
    private final Map<SimNode, SimulatedClient> clients = new LinkedHashMap<>();
    private final Nemesis nemesis;
    private final History history;
    private long readBackBegan;
    private int toReadBack;

    SimulatedRun(long seed, SimulatedCluster.Variant variant) {
        this(Simulation.create(seed), variant);
    }

    private SimulatedRun(Simulation simulation, SimulatedCluster.Variant variant) {
        this.simulation = simulation;
        this.shape = RunShape.draw(simulation.random("shape"));
        this.keys = new SharedKeys(shape.keys(), shape.operationsPerKey());
        this.recorder = new HistoryRecorder(simulation::nanos);
        new SimulatedCluster(simulation, shape.replicas(), CLIENTS, variant, this::startClient);
        simulation.nodes().forEach(SimNode::start);
        this.nemesis = unleashFaults();
        simulation.runFor(shape.faulty());
        simulation.runFor(RECOVERY);
        clients.values().forEach(SimulatedClient::stop);
        simulation.runFor(CALM);
        readBack();
        this.history = recorder.history();
    }

    private void readBack() {
        readBackBegan = simulation.nanos();
        Set<String> keysUsed = new TreeSet<>(recorder.history().byKey().keySet());
        toReadBack = simulation.nodes().size();
        clients.forEach((node, client) -> node.execute(() -> client.readBack(keysUsed.iterator(), () -> toReadBack--)));
        simulation.runUntil(() -> toReadBack == 0, READ_BACK);
    }

    /** The whole trace of a correct cluster's run, and its history. */
    static String traced(long seed) {
        StringBuilder trace = new StringBuilder();
        Simulation simulation = Simulation.create(seed);
        simulation.traceTo(line -> trace.append(line).append('\n'));
        SimulatedRun run = new SimulatedRun(simulation, SimulatedCluster.Variant.CORRECT);
        return trace + run.history().toText();
    }

    Simulation simulation() {
        return simulation;
    }

    RunShape shape() {
        return shape;
    }

    History history() {
        return history;
    }

    /** Whether every node was answered for every key that was ever used, when nothing was disturbed any more. */
    boolean answersEverywhere() {
        return toReadBack == 0
                && history.operations().stream()
                        .allMatch(
                                operation -> operation.invoked() < readBackBegan || operation.outcome() == Outcome.OK);
    }

    /** The faults of the run, as bands of a chart. */
    List<HistoryChart.Band> faults() {
        return nemesis.spans().stream()
                .map(span -> new HistoryChart.Band(span.toString(), span.began(), span.ended()))
                .toList();
    }

    Verdict verdict() {
        return LinearizabilityChecker.of(new RegisterModel()).check(history);
    }

    private void startClient(SimStart start, PolicyStore store) {
        String process = start.node().id() + "." + start.number();
        SimulatedClient client = new SimulatedClient(
                process, start.world(), store, keys, recorder, simulation.random("client " + process), shape);
        clients.put(start.node(), client);
        client.start();
    }

    /** Delays that let messages overtake each other are always there; the plan comes on top. */
    private Nemesis unleashFaults() {
        SimRandom random = simulation.random("plan");
        simulation.network().signalsConnections(random.chance(0.5));
        boolean zeroTails = random.chance(0.5);
        simulation.nodes().forEach(node -> {
            node.disk().zeroTails(zeroTails);
            node.disk().jobTime(RunShape.SHORTEST_DELAY, shape.longestWrite());
        });
        simulation.network().faults(NetworkFaults.none().withDelay(RunShape.SHORTEST_DELAY, shape.longestDelay()));
        FaultPlan drawn = FaultPlan.draw(random, Quorums.tolerated(shape.replicas()));
        FaultPlan plan = new FaultPlan(
                drawn.faults(),
                drawn.maxDown(),
                random.between(Duration.ofMillis(20), Duration.ofMillis(random.chance(0.4) ? 150 : 1000)),
                random.between(Duration.ofMillis(10), Duration.ofMillis(random.chance(0.4) ? 150 : 3000)),
                drawn.strength());
        return Nemesis.unleash(simulation, List.copyOf(simulation.nodes()), plan, shape.faulty());
    }
}
