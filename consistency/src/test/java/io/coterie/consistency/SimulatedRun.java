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
import io.coterie.simulation.history.HistoryRecorder;
import io.coterie.simulation.history.LinearizabilityChecker;
import io.coterie.simulation.history.Outcome;
import io.coterie.simulation.history.RegisterModel;
import io.coterie.simulation.history.Verdict;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** One simulated run of a strong cluster under faults, all of it drawn from one seed. */
final class SimulatedRun {
    private static final Duration FAULTY = Duration.ofSeconds(30);
    private static final Duration CALM = Duration.ofSeconds(3);
    private static final Duration READ_BACK = Duration.ofSeconds(30);
    private static final Duration SHORTEST_DELAY = Duration.ofNanos(100_000);
    private static final Duration LONGEST_DELAY = Duration.ofMillis(20);

    private final Simulation simulation;
    private final SharedKeys keys = new SharedKeys();
    private final HistoryRecorder recorder;
    private final Map<SimNode, SimulatedClient> clients = new LinkedHashMap<>();
    private long readBackBegan;

    SimulatedRun(long seed, SimulatedCluster.Variant variant) {
        this(seed, variant, line -> {}, false);
    }

    private SimulatedRun(long seed, SimulatedCluster.Variant variant, Consumer<String> trace, boolean traced) {
        this.simulation = Simulation.create(seed);
        if (traced) {
            simulation.traceTo(trace);
        }
        this.recorder = new HistoryRecorder(simulation::nanos);
        int replicas = simulation.random().chance(0.5) ? 3 : 5;
        new SimulatedCluster(simulation, replicas, 3, variant, this::startClient);
        simulation.nodes().forEach(SimNode::start);
        unleashFaults(replicas);
        simulation.runFor(FAULTY);
        simulation.runFor(CALM);
        readBack();
    }

    /** Nobody writes any more: what writers that are gone have left half done must not stand in the way of readers. */
    private void readBack() {
        clients.values().forEach(SimulatedClient::stop);
        simulation.runFor(CALM);
        readBackBegan = simulation.nanos();
        Set<String> keysUsed = new TreeSet<>(history().byKey().keySet());
        simulation.nodes().forEach(node -> {
            SimulatedClient client = clients.get(node);
            if (client != null) {
                node.execute(() -> client.readBack(keysUsed.iterator()));
            }
        });
        simulation.runFor(READ_BACK);
    }

    /** The whole trace of a correct cluster's run, and its history. */
    static String traced(long seed) {
        StringBuilder trace = new StringBuilder();
        SimulatedRun run = new SimulatedRun(
                seed,
                SimulatedCluster.Variant.CORRECT,
                line -> trace.append(line).append('\n'),
                true);
        return trace + run.history().toText();
    }

    Simulation simulation() {
        return simulation;
    }

    History history() {
        return recorder.history();
    }

    /** Whether every node was answered for every key that was ever used, when nothing was disturbed any more. */
    boolean answersEverywhere() {
        boolean allDone = simulation.nodes().stream()
                .map(node -> Objects.requireNonNull(clients.get(node)))
                .allMatch(SimulatedClient::hasReadBack);
        return allDone
                && history().operations().stream()
                        .allMatch(
                                operation -> operation.invoked() < readBackBegan || operation.outcome() == Outcome.OK);
    }

    Verdict verdict() {
        return LinearizabilityChecker.of(new RegisterModel()).check(history());
    }

    private void startClient(SimStart start, PolicyStore store) {
        String process = start.node().id() + "." + start.number();
        SimulatedClient client = new SimulatedClient(
                process, start.world(), store, keys, recorder, simulation.random("client " + process));
        clients.put(start.node(), client);
        client.think();
    }

    /** Delays that let messages overtake each other are always there; the plan comes on top. */
    private void unleashFaults(int replicas) {
        SimRandom random = simulation.random("plan");
        simulation.network().signalsConnections(random.chance(0.5));
        boolean zeroTails = random.chance(0.5);
        simulation.nodes().forEach(node -> node.disk().zeroTails(zeroTails));
        simulation
                .network()
                .faults(NetworkFaults.none().withDelay(SHORTEST_DELAY, random.between(SHORTEST_DELAY, LONGEST_DELAY)));
        FaultPlan drawn = FaultPlan.draw(random, Quorums.tolerated(replicas));
        FaultPlan plan = new FaultPlan(
                drawn.faults(),
                drawn.maxDown(),
                random.between(Duration.ofMillis(50), Duration.ofSeconds(1)),
                random.between(Duration.ofMillis(50), Duration.ofSeconds(3)),
                drawn.strength());
        Nemesis.unleash(simulation, List.copyOf(simulation.nodes()), plan, FAULTY);
    }
}
