package io.coterie.consistency.simulated;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.internal.replica.CopyRepair;
import io.coterie.consistency.internal.replica.TombstoneCollector;
import io.coterie.consistency.simulated.callers.SimulatedClient;
import io.coterie.consistency.simulated.checks.FailedCalls;
import io.coterie.consistency.simulated.checks.ViolationPages;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.faults.RemovalFaults;
import io.coterie.replication.spi.Quorums;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import io.coterie.simulation.faults.Fault;
import io.coterie.simulation.faults.FaultPlan;
import io.coterie.simulation.faults.Nemesis;
import io.coterie.simulation.history.History;
import io.coterie.simulation.history.HistoryChart;
import io.coterie.simulation.history.HistoryRecorder;
import io.coterie.simulation.history.LinearizabilityChecker;
import io.coterie.simulation.history.Op;
import io.coterie.simulation.history.RegisterModel;
import io.coterie.simulation.history.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One simulated run in which keys are deleted all the time and forgotten as soon as they can be,
 * under faults. In the end all keys are deleted, and the replicas must have forgotten them. In one
 * that is struck two clients alone use one key, and {@link RemovalFaults} take the place of the
 * others.
 */
final class DeletionRun {
    private static final Duration RESTLESS = Duration.ofMillis(20);
    private static final Duration FAULTY = Duration.ofSeconds(20);
    private static final Duration CALM = Duration.ofSeconds(30);
    private static final Duration PERIOD = Duration.ofMillis(20);
    private static final Duration MAX_PAUSE = Duration.ofMillis(300);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int OPERATIONS_PER_KEY = 100;
    private static final int KEYS = 4;

    /** What is different in a run that is struck. */
    private static final List<String> RIVALS = List.of("c0", "c1");

    private static final Duration STRUCK = Duration.ofSeconds(8);
    private static final Duration MAX_PAUSE_OF_RIVALS = Duration.ofMillis(30);
    private static final double STRIKES = 0.2;

    private final Simulation simulation;
    private final SimulatedCluster cluster;
    private final HistoryRecorder recorder;
    private final Nemesis nemesis;
    private final RemovalFaults removals;
    private final boolean struck;
    private final List<TombstoneCollector> collectors = new ArrayList<>();
    private final List<CopyRepair> repairsStarted = new ArrayList<>();
    private final Map<SimNode, Client> clients = new LinkedHashMap<>();
    private int drawn;
    private boolean stopped;
    private int recordsLeft;

    DeletionRun(long seed, SimulatedCluster.Variant variant) {
        this(seed, variant, false, false);
    }

    private DeletionRun(long seed, SimulatedCluster.Variant variant, boolean struck, boolean repairs) {
        this.struck = struck;
        simulation = Simulation.create(seed);
        recorder = new HistoryRecorder(simulation::nanos);
        int replicas = simulation.random().chance(0.7) ? 3 : 5;
        removals = new RemovalFaults(simulation, RIVALS, struck ? STRIKES : 0, STRUCK);
        cluster = new SimulatedCluster(
                simulation,
                replicas,
                3,
                variant.withCollection(PERIOD)
                        .withStorage(start ->
                                removals.hitting(start, variant.storage().apply(start)))
                        .withStore(context -> {
                            removals.started(context);
                            return variant.store().apply(context);
                        })
                        .withCollector((replication, period) -> {
                            collectors.add(TombstoneCollector.start(replication, period));
                            if (repairs) {
                                repairsStarted.add(CopyRepair.start(replication, RESTLESS));
                            }
                        }),
                this::startClient);
        simulation.nodes().forEach(SimNode::start);
        cluster.awaitFounding(simulation);
        nemesis = unleashFaults(replicas);
        simulation.runFor(struck ? STRUCK.plus(TIMEOUT) : FAULTY);
        stopped = true;
        simulation.runFor(TIMEOUT.plusSeconds(1));
        deleteAll();
        simulation.runFor(CALM);
        simulation.nodes().forEach(node -> recordsLeft += cluster.loop(node).localRecords());
    }

    /** One that is struck. */
    static DeletionRun struck(long seed, SimulatedCluster.Variant variant) {
        return new DeletionRun(seed, variant, true, false);
    }

    /** One in which replicas take from one another what they lack, far more often than ever. */
    static DeletionRun repaired(long seed, SimulatedCluster.Variant variant) {
        return new DeletionRun(seed, variant, false, true);
    }

    /** How many records all replicas keep in the end, when all is deleted. */
    int recordsLeft() {
        return recordsLeft;
    }

    /** How many journals were compacted at least once. */
    int compactedJournals() {
        return (int) simulation.nodes().stream()
                .filter(node -> node.disk().list().stream().anyMatch(file -> file.startsWith("start-")))
                .count();
    }

    /** The bytes of the largest journal in the end. */
    long largestDisk() {
        return simulation.nodes().stream()
                .mapToLong(node -> node.disk().usedBytes())
                .max()
                .orElse(0);
    }

    /** How often a key was forgotten everywhere. */
    long removed() {
        return collectors.stream().mapToLong(TombstoneCollector::removed).sum();
    }

    /** How many copies replicas have taken from one another. */
    long taken() {
        return repairsStarted.stream().mapToLong(CopyRepair::taken).sum();
    }

    History history() {
        return recorder.history();
    }

    /** The faults of the run, as bands of a chart. */
    List<HistoryChart.Band> faults() {
        return ViolationPages.bands(nemesis);
    }

    Verdict verdict() {
        return LinearizabilityChecker.of(new RegisterModel()).check(history());
    }

    private void startClient(SimStart start, PolicyStore store) {
        Client client = new Client(
                start, store, simulation.random("client " + start.node().id() + "." + start.number()));
        clients.put(start.node(), client);
        if (!struck || RIVALS.contains(start.node().id().name())) {
            client.think();
        }
    }

    private void deleteAll() {
        Set<String> keys = new TreeSet<>(history().byKey().keySet());
        Client client = clients.values().iterator().next();
        client.start.node().execute(() -> keys.forEach(client::delete));
    }

    private Nemesis unleashFaults(int replicas) {
        SimRandom random = simulation.random("plan");
        simulation.network().signalsConnections(random.chance(0.5));
        simulation
                .network()
                .faults(NetworkFaults.none()
                        .withDelay(
                                Duration.ofNanos(100_000),
                                random.between(Duration.ofMillis(1), Duration.ofMillis(20))));
        FaultPlan drawn = FaultPlan.draw(random, Quorums.tolerated(replicas));
        // While a replica that lost its memory stays out of votes, nothing that was deleted is
        // forgotten.
        Set<Fault> faults = drawn.faults().stream()
                .filter(fault -> !struck && fault != Fault.LOST_DISK)
                .collect(Collectors.toSet());
        FaultPlan plan = new FaultPlan(
                faults,
                drawn.maxDown(),
                random.between(Duration.ofMillis(100), Duration.ofSeconds(2)),
                random.between(Duration.ofMillis(50), Duration.ofSeconds(1)),
                drawn.strength());
        return Nemesis.unleash(simulation, List.copyOf(simulation.nodes()), plan, FAULTY);
    }

    private final class Client {
        private final SimStart start;
        private final PolicyStore store;
        private final SimRandom random;
        private String lastSeen = "never";
        private int operations;

        Client(SimStart start, PolicyStore store, SimRandom random) {
            this.start = start;
            this.store = store;
            this.random = random;
        }

        void think() {
            Duration longest = struck ? MAX_PAUSE_OF_RIVALS : MAX_PAUSE;
            int keys = struck ? 1 : KEYS;
            start.world()
                    .scheduler()
                    .schedule(random.between(Duration.ZERO, longest).toNanos(), () -> {
                        if (!stopped) {
                            operations++;
                            String key = drawn++ / (keys * OPERATIONS_PER_KEY) + "." + random.nextInt(keys);
                            execute(key, draw(), this::think, this::think);
                        }
                    });
        }

        private Op draw() {
            String value = start.node().id() + "." + start.number() + "-" + operations;
            int kind = random.nextInt(removals.isStriking() ? 60 : struck ? 150 : 100);
            if (kind < 30) {
                return new Op.Delete();
            } else if (kind < 60) {
                return new Op.Read();
            } else if (kind < 75) {
                return new Op.Write(value);
            } else if (kind < 85) {
                return new Op.PutIfAbsent(value);
            }
            return kind < 92 ? new Op.CompareAndSet(lastSeen, value) : new Op.Append(value + ";");
        }

        void execute(String key, Op op, Runnable then, Runnable otherwise) {
            HistoryRecorder.Call call = recorder.invoke(start.node().id() + "." + start.number(), key, op);
            long deadline = start.world().clock().nanos() + TIMEOUT.toNanos();
            store.execute(bytes(key), operation(op), deadline, new Completion() {
                @Override
                public void complete(Result result) {
                    record(call, op, result);
                    then.run();
                }

                @Override
                public void fail(Throwable error) {
                    FailedCalls.record(call, error);
                    otherwise.run();
                }
            });
        }

        /** However often it takes: what is not known may have come to nothing. */
        void delete(String key) {
            execute(key, new Op.Delete(), () -> {}, () -> delete(key));
        }

        private void record(HistoryRecorder.Call call, Op op, Result result) {
            if (op instanceof Op.Read || op instanceof Op.Append) {
                byte[] value = result.value();
                String text = value == null ? null : new String(value, StandardCharsets.UTF_8);
                lastSeen = text == null ? "never" : text;
                call.ok(text);
            } else if (op instanceof Op.CompareAndSet compareAndSet) {
                SimulatedClient.recordExchange(call, compareAndSet, result);
            } else if (op instanceof Op.PutIfAbsent) {
                call.ok(result.applied());
            } else {
                call.ok();
            }
        }
    }

    private static Operation operation(Op op) {
        return SimulatedClient.operation(op);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
