package io.coterie.consistency;

import io.coterie.replication.Quorums;
import io.coterie.simulation.FaultPlan;
import io.coterie.simulation.Nemesis;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One simulated run in which every node changes keys and watches them, under faults drawn from one seed. */
final class WatchRun {
    private static final Duration FAULTY = Duration.ofSeconds(10);
    private static final Duration CALM = Duration.ofSeconds(15);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final List<String> KEYS = List.of("w1", "w2", "w3", "other");

    private final Simulation simulation;
    private final AcceptLog log = new AcceptLog();
    private final SimRandom random;
    private final int replicas;
    private final Map<SimNode, List<ToldStates>> living = new LinkedHashMap<>();
    private final List<ToldStates> all = new ArrayList<>();
    private final Map<String, byte @Nullable []> last = new LinkedHashMap<>();
    private @Nullable Runnable reader;
    private boolean stopped;

    WatchRun(long seed, SimulatedCluster.Variant variant) {
        simulation = Simulation.create(seed);
        random = simulation.random("watch");
        replicas = random.chance(0.6) ? 3 : 5;
        SimulatedCluster.Variant noted =
                variant.withStorage(start -> log.noting(start.node().id(), SimulatedStorage.of(start)));
        new SimulatedCluster(simulation, replicas, 2, noted, this::startNode);
        simulation.nodes().forEach(SimNode::start);
        unleashFaults();
        simulation.runFor(FAULTY);
        stopped = true;
        if (random.chance(0.5)) {
            crashReplicas();
        }
        simulation.runFor(TIMEOUT.multipliedBy(2));
        readBack();
        simulation.runFor(CALM);
    }

    /** What was told against what was promised, or null. */
    @Nullable
    String problem() {
        int majority = Quorums.majority(replicas);
        for (ToldStates told : all) {
            for (String key : told.keys()) {
                if (key.equals("other")) {
                    return "told of a key that was not watched";
                }
                String problem = told.problem(key, log.history(key, majority));
                if (problem != null) {
                    return problem;
                }
            }
        }
        return last.size() < KEYS.size() ? "not all keys could be read back" : problemAtTheEnd();
    }

    /** How many times listeners were told something. */
    int told() {
        return all.stream().mapToInt(ToldStates::changes).sum();
    }

    private @Nullable String problemAtTheEnd() {
        for (Map.Entry<SimNode, List<ToldStates>> node : living.entrySet()) {
            List<ToldStates> watches = node.getValue();
            for (String key : List.of("w1", "w2", "w3")) {
                if (!Arrays.equals(watches.get(0).last(key), last.get(key))) {
                    return node.getKey().id() + " was not told the last state of " + key;
                }
            }
            if (!Arrays.equals(watches.get(1).last("w1"), last.get("w1"))) {
                return node.getKey().id() + " was not told the last state of w1 alone";
            }
        }
        return null;
    }

    /** What they accepted last, and told nobody yet, only a read can find. */
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
            store.execute(
                    bytes(key), new Operation.Get(), deadline, completion(result -> last.put(key, result.value())));
        }
    }

    private void startNode(SimStart start, PolicyStore store) {
        ToldStates prefix = new ToldStates();
        ToldStates single = new ToldStates();
        all.add(prefix);
        all.add(single);
        living.put(start.node(), List.of(prefix, single));
        store.watch(bytes("w"), false, random.chance(0.3) ? 1 + random.nextInt(3) : 1024, prefix);
        store.watch(bytes("w1"), true, 1024, single);
        if (start.node().id().name().equals("c0")) {
            reader = () -> readBack(start, store);
        }
        new Writer(start, store).think();
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
            byte[] value = bytes(start.node().id() + "." + start.number() + "-" + written++);
            Operation operation = random.chance(0.25)
                    ? new Operation.Delete()
                    : random.chance(0.3) ? new Operation.PutIfAbsent(value) : new Operation.Put(value);
            long deadline = start.world().clock().nanos() + TIMEOUT.toNanos();
            store.execute(bytes(key), operation, deadline, completion(result -> {}));
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

    private void unleashFaults() {
        SimRandom plans = simulation.random("plan");
        simulation.network().signalsConnections(plans.chance(0.5));
        simulation
                .network()
                .faults(NetworkFaults.none()
                        .withDelay(
                                RunShape.SHORTEST_DELAY,
                                plans.between(RunShape.SHORTEST_DELAY, Duration.ofMillis(20))));
        FaultPlan drawn = FaultPlan.draw(plans, Quorums.tolerated(replicas));
        FaultPlan plan = new FaultPlan(
                drawn.faults(),
                drawn.maxDown(),
                plans.between(Duration.ofMillis(50), Duration.ofSeconds(1)),
                plans.between(Duration.ofMillis(50), Duration.ofSeconds(3)),
                drawn.strength());
        Nemesis.unleash(simulation, List.copyOf(simulation.nodes()), plan, FAULTY);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
