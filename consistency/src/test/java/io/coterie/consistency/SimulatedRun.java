package io.coterie.consistency;

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
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** One simulated run of a strong cluster under faults, all of it drawn from one seed. */
final class SimulatedRun {
    private static final Duration FAULTY = Duration.ofSeconds(30);
    private static final Duration CALM = Duration.ofSeconds(6);

    private final Simulation simulation;
    private final SharedKeys keys = new SharedKeys();
    private final HistoryRecorder recorder;

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
        SimulatedCluster cluster = new SimulatedCluster(simulation, replicas, 3, variant, this::startClient);
        simulation.runFor(Duration.ofSeconds(1));
        drawFaults(cluster);
        simulation.runFor(FAULTY);
        heal();
        simulation.runFor(CALM);
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

    /** Whether every node got an answer in the last seconds, when nothing was disturbed any more. */
    boolean answersEverywhere() {
        long calmSince = simulation.nanos() - CALM.toNanos() / 2;
        Set<String> answered = history().operations().stream()
                .filter(operation -> operation.outcome() == Outcome.OK && operation.returned() > calmSince)
                .map(operation ->
                        operation.process().substring(0, operation.process().indexOf('.')))
                .collect(Collectors.toSet());
        return simulation.nodes().stream()
                .allMatch(node -> answered.contains(node.id().name()));
    }

    Verdict verdict() {
        return LinearizabilityChecker.of(new RegisterModel()).check(history());
    }

    private void startClient(SimStart start, PolicyStore store) {
        String process = start.node().id() + "." + start.number();
        new SimulatedClient(process, start.world(), store, keys, recorder, simulation.random("client " + process))
                .think();
    }

    private void drawFaults(SimulatedCluster cluster) {
        SimRandom random = simulation.random("faults");
        simulation
                .network()
                .faults(new NetworkFaults(
                        random.chance(0.5) ? random.nextDouble() * 0.2 : 0,
                        random.chance(0.5) ? random.nextDouble() * 0.2 : 0,
                        Duration.ofNanos(100_000),
                        Duration.ofMillis(1 + random.nextInt(20)),
                        random.chance(0.5) ? 0.05 : 0,
                        Duration.ofMillis(random.nextInt(300) + 1L)));
        if (random.chance(0.5)) {
            Duration longestJob = Duration.ofMillis(1 + random.nextInt(30));
            cluster.replicas().forEach(replica -> replica.disk().jobTime(Duration.ofNanos(100_000), longestJob));
        }
        disturb(random, cluster);
    }

    private void disturb(SimRandom random, SimulatedCluster cluster) {
        simulation.after(random.between(Duration.ofMillis(50), Duration.ofMillis(1000)), () -> {
            if (simulation.now().compareTo(FAULTY) < 0) {
                SimNode victim = random.pick(List.copyOf(simulation.nodes()));
                Duration length =
                        random.between(Duration.ofMillis(1), Duration.ofMillis(random.chance(0.5) ? 50 : 1500));
                switch (random.nextInt(6)) {
                    case 0 -> crash(victim, length);
                    case 1 -> {
                        victim.pause();
                        simulation.after(length, victim::resume);
                    }
                    case 2 -> {
                        simulation.network().isolate(victim);
                        simulation.after(length, () -> simulation.network().heal());
                    }
                    case 3 -> {
                        SimNode other = random.pick(cluster.replicas());
                        simulation.network().cut(victim, other);
                        simulation.after(length, () -> simulation.network().heal());
                    }
                    case 4 -> cluster.replicas().forEach(replica -> crash(replica, length));
                    default -> crash(random.pick(cluster.replicas()), length);
                }
                disturb(random, cluster);
            }
        });
    }

    private void crash(SimNode node, Duration length) {
        node.crash();
        simulation.after(length, () -> {
            if (!node.isUp()) {
                node.start();
            }
        });
    }

    private void heal() {
        simulation.network().faults(NetworkFaults.none());
        simulation.network().heal();
        simulation.nodes().forEach(node -> {
            node.resume();
            if (!node.isUp()) {
                node.start();
            }
        });
    }
}
