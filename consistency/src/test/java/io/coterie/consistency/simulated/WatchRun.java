package io.coterie.consistency.simulated;

import io.coterie.consistency.Completion;
import io.coterie.consistency.KeyListener;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.simulated.callers.RunShape;
import io.coterie.consistency.simulated.callers.SimulatedClient;
import io.coterie.consistency.simulated.checks.AcceptLog;
import io.coterie.consistency.simulated.checks.DeliveredStates;
import io.coterie.consistency.simulated.checks.ViolationPages;
import io.coterie.consistency.simulated.checks.WatchHistory;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.cluster.SimulatedStorage;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.Quorums;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import io.coterie.simulation.faults.FaultPlan;
import io.coterie.simulation.faults.Nemesis;
import io.coterie.simulation.history.Contradiction;
import io.coterie.simulation.history.HistoryChart;
import io.coterie.simulation.history.Op;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One simulated run in which every node changes keys and watches them, under faults drawn from one
 * seed.
 */
final class WatchRun {
    private static final Duration FAULTY = Duration.ofSeconds(10);
    private static final Duration CALM = Duration.ofSeconds(15);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final List<String> KEYS = List.of("w1", "w2", "w3", "other");

    private final Simulation simulation;
    private final AcceptLog log = new AcceptLog();
    private final WatchHistory history;
    private final Nemesis nemesis;
    private final SimRandom random;
    private final int replicas;
    private final int needed;
    private final Map<SimNode, List<Watch>> living = new LinkedHashMap<>();
    private final List<Watch> all = new ArrayList<>();
    private final Set<String> readBack = new LinkedHashSet<>();
    private @Nullable Runnable reader;
    private boolean stopped;

    /** A listener, and what it got. */
    private record Watch(String name, DeliveredStates states) {}

    WatchRun(long seed, SimulatedCluster.Variant variant) {
        this(seed, variant, Quorums::majority);
    }

    /** @param accepting of so many replicas, how many have to accept a state for it to be chosen */
    WatchRun(long seed, SimulatedCluster.Variant variant, IntUnaryOperator accepting) {
        simulation = Simulation.create(seed);
        history = new WatchHistory(simulation::nanos);
        random = simulation.random("watch");
        replicas = random.chance(0.6) ? 3 : 5;
        needed = accepting.applyAsInt(replicas);
        SimulatedCluster.Variant noted =
                variant.withStorage(start -> log.noting(start.node().id(), SimulatedStorage.of(start)));
        SimulatedCluster cluster = new SimulatedCluster(simulation, replicas, 2, noted, this::startNode);
        simulation.nodes().forEach(SimNode::start);
        cluster.awaitFounding(simulation);
        nemesis = unleashFaults();
        simulation.runFor(FAULTY);
        stopped = true;
        if (random.chance(0.5)) {
            crashReplicas();
        }
        simulation.runFor(TIMEOUT.multipliedBy(2));
        readBack();
        simulation.runFor(CALM);
    }

    /** What listeners got that contradicts what was promised, or null. */
    @Nullable
    Contradiction problem() {
        for (Watch watch : all) {
            for (String key : watch.states.keys()) {
                if (key.equals("other")) {
                    return problem(watch, key, 0, "got a key that was not watched");
                }
                DeliveredStates.Wrong wrong = watch.states.problem(key, log.history(key, needed));
                if (wrong != null) {
                    return problem(watch, key, wrong.call(), wrong.what());
                }
            }
        }
        for (String key : KEYS) {
            if (!readBack.contains(key)) {
                return problem(all.get(0), key, all.get(0).states.changes(key), "could not be read back");
            }
        }
        return problemAtTheEnd();
    }

    private Contradiction problem(Watch watch, String key, int call, String what) {
        return new Contradiction(key, watch.name + ": " + what, history.around(watch.name, key, call));
    }

    /** The faults of the run, as bands of a chart. */
    List<HistoryChart.Band> faults() {
        return ViolationPages.bands(nemesis);
    }

    /** How many times listeners got something. */
    int delivered() {
        return all.stream().mapToInt(watch -> watch.states.changes()).sum();
    }

    private @Nullable Contradiction problemAtTheEnd() {
        for (List<Watch> watches : living.values()) {
            for (Watch watch : watches) {
                List<String> keys = watch.equals(watches.get(0)) ? List.of("w1", "w2", "w3") : List.of("w1");
                for (String key : keys) {
                    if (!Arrays.equals(watch.states.last(key), lastChosen(key))) {
                        return problem(watch, key, watch.states.changes(key), "did not get the last state");
                    }
                }
            }
        }
        return null;
    }

    /**
     * What was read back may not be the last: a look may finish a change after it of which nobody
     * learned how it ended.
     */
    private byte @Nullable [] lastChosen(String key) {
        Map.Entry<Ballot, RegisterState> chosen = log.history(key, needed).lastEntry();
        return chosen == null ? null : chosen.getValue().value();
    }

    /** What they accepted last, and reported to nobody yet, only a read can find. */
    private void crashReplicas() {
        simulation.nodes().stream()
                .filter(node -> node.id().name().startsWith("r") && node.isUp())
                .forEach(SimNode::restart);
    }

    private void readBack() {
        Runnable reading = Objects.requireNonNull(reader);
        SimNode client = simulation.nodes().stream()
                .filter(node -> node.id().name().equals("c0"))
                .findFirst()
                .orElseThrow();
        client.execute(reading);
    }

    private void readBack(SimStart start, PolicyStore store) {
        long deadline = start.world().clock().nanos() + CALM.toNanos();
        for (String key : KEYS) {
            store.execute(bytes(key), new Operation.Get(), deadline, completion(result -> readBack.add(key)));
        }
    }

    private void startNode(SimStart start, PolicyStore store) {
        String process = start.node().id() + "." + start.number();
        Watch prefix = new Watch(process + "/prefix", new DeliveredStates());
        Watch single = new Watch(process + "/single", new DeliveredStates());
        all.add(prefix);
        all.add(single);
        living.put(start.node(), List.of(prefix, single));
        store.watch(bytes("w"), false, random.chance(0.3) ? 1 + random.nextInt(3) : 1024, recorded(prefix));
        store.watch(bytes("w1"), true, 1024, recorded(single));
        if (start.node().id().name().equals("c0")) {
            reader = () -> readBack(start, store);
        }
        new Writer(start, store).think();
    }

    private KeyListener recorded(Watch watch) {
        return history.of(watch.name, watch.states);
    }

    private final class Writer {
        private final SimStart start;
        private final PolicyStore store;
        private int written;

        Writer(SimStart start, PolicyStore store) {
            this.start = start;
            this.store = store;
        }

        void think() {
            long pause =
                    random.between(Duration.ofMillis(1), Duration.ofMillis(80)).toNanos();
            start.world().scheduler().schedule(pause, this::write);
        }

        private void write() {
            if (stopped) {
                return;
            }
            String key = KEYS.get(random.nextInt(KEYS.size()));
            String process = start.node().id() + "." + start.number();
            String value = process + "-" + written++;
            Op op = random.chance(0.25)
                    ? new Op.Delete()
                    : random.chance(0.3) ? new Op.PutIfAbsent(value) : new Op.Write(value);
            long deadline = start.world().clock().nanos() + TIMEOUT.toNanos();
            store.execute(bytes(key), SimulatedClient.operation(op), deadline, history.write(process, key, op));
            think();
        }
    }

    private static Completion completion(Consumer<Result> then) {
        return new Completion() {
            @Override
            public void complete(Result result) {
                then.accept(result);
            }

            @Override
            public void fail(Throwable error) {}
        };
    }

    private Nemesis unleashFaults() {
        SimRandom plans = simulation.random("plan");
        simulation.network().signalsConnections(plans.chance(0.5));
        simulation
                .network()
                .faults(NetworkFaults.none()
                        .withDelay(RunShape.MIN_DELAY, plans.between(RunShape.MIN_DELAY, Duration.ofMillis(20))));
        FaultPlan drawn = FaultPlan.draw(plans, Quorums.tolerated(replicas));
        FaultPlan plan = new FaultPlan(
                drawn.faults(),
                drawn.maxDown(),
                plans.between(Duration.ofMillis(50), Duration.ofSeconds(1)),
                plans.between(Duration.ofMillis(50), Duration.ofSeconds(3)),
                drawn.strength());
        return Nemesis.unleash(simulation, List.copyOf(simulation.nodes()), plan, FAULTY);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
