package io.coterie.consistency.simulated.copies;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.internal.replica.CopyRepair;
import io.coterie.consistency.simulated.checks.FailureTexts;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.ReplicaReport;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.Replication;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import io.coterie.simulation.faults.FaultPlan;
import io.coterie.simulation.faults.Nemesis;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * One simulated run of a store that is written under faults. In the end nobody reads, and each
 * replica is asked for its own copies.
 */
final class CopyRun {
    private static final int KEYS = 60;
    private static final Duration FAULTY = Duration.ofSeconds(20);

    /** Longer than a clock may have been ahead: until then its timestamps are refused by others. */
    private static final Duration CALM = Duration.ofMinutes(3);

    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private final Simulation simulation;
    private final SimulatedCluster cluster;
    private final SimulatedCluster.Variant variant;
    private final List<CopyRepair> repairs = new ArrayList<>();
    private final Map<String, Map<NodeId, String>> copies = new TreeMap<>();
    private CompletableFuture<Map<NodeId, ReplicaReport>> reports = new CompletableFuture<>();
    private boolean writing = true;
    private int answered;

    /** @param repairs whether replicas take from one another what they lack */
    CopyRun(long seed, SimulatedCluster.Variant variant, boolean repairs) {
        this.variant = variant;
        simulation = Simulation.create(seed);
        simulation.network().signalsConnections(simulation.random("connections").chance(0.5));
        cluster = new SimulatedCluster(
                simulation,
                3,
                1,
                repairs ? variant.withCopyRepair(Duration.ofSeconds(1), this.repairs::add) : variant,
                this::opened);
        simulation.nodes().forEach(SimNode::start);
        cluster.awaitFounding(simulation);
        FaultPlan plan = FaultPlan.draw(simulation.random("plan"), 1);
        Nemesis.unleash(simulation, List.copyOf(simulation.nodes()), plan, FAULTY);
        simulation.runFor(FAULTY);
        writing = false;
        simulation.runFor(CALM);
        askAll();
        simulation.runFor(TIMEOUT);
    }

    /** How many operations were answered. */
    int answered() {
        return answered;
    }

    /** How many copies replicas have taken from one another. */
    long taken() {
        return repairs.stream().mapToLong(CopyRepair::taken).sum();
    }

    /** The keys of which not all replicas that keep them have the same copy, with their copies. */
    Map<String, Map<NodeId, String>> differing() {
        Map<String, Map<NodeId, String>> found = new TreeMap<>(copies);
        found.values()
                .removeIf(of -> of.size() == replicas()
                        && of.values().stream().distinct().count() == 1);
        return found;
    }

    /**
     * How many replicas keep copies: one that has lost its records keeps none of a strong store.
     */
    private long replicas() {
        boolean strong = variant.policy().equals("strong");
        return reports.getNow(Map.of()).values().stream()
                .filter(report -> !strong || report.state() == ReplicaState.VOTING)
                .count();
    }

    private void opened(SimStart start, PolicyStore store) {
        write(start, store, simulation.random("client " + start));
    }

    private void write(SimStart start, PolicyStore store, SimRandom random) {
        long pause = random.between(Duration.ZERO, Duration.ofMillis(100)).toNanos();
        start.world().scheduler().schedule(pause, () -> {
            if (!writing) {
                return;
            }
            byte[] key = key(random.nextInt(KEYS));
            Operation operation = random.chance(0.1)
                    ? new Operation.Delete()
                    : new Operation.Put((start + " " + simulation.nanos()).getBytes(StandardCharsets.UTF_8));
            long deadline = start.world().clock().nanos() + TIMEOUT.toNanos();
            store.execute(key, operation, deadline, new Completion() {
                @Override
                public void complete(Result result) {
                    answered++;
                    write(start, store, random);
                }

                @Override
                public void fail(Throwable error) {
                    FailureTexts.note(error);
                    write(start, store, random);
                }
            });
        });
    }

    private static byte[] key(int number) {
        return ("key" + number).getBytes(StandardCharsets.UTF_8);
    }

    /** Asks each replica for its own copies, by requests that change nothing. */
    private void askAll() {
        SimNode client = simulation.nodes().stream()
                .filter(node -> node.id().name().equals("c0"))
                .findFirst()
                .orElseThrow();
        Replication replication = cluster.replication(client);
        reports = replication.reports(TIMEOUT);
        long store = new StoreSpec("store", variant.policy()).id();
        for (int i = 0; i < KEYS; i++) {
            RecordKey key = new RecordKey(store, key(i));
            Map<NodeId, String> found = new HashMap<>();
            copies.put("key" + i, found);
            replication.world().scheduler().execute(() -> ask(replication, key, found));
        }
    }

    private void ask(Replication replication, RecordKey key, Map<NodeId, String> found) {
        long deadline = replication.world().clock().nanos() + TIMEOUT.toNanos();
        if (variant.policy().equals("strong")) {
            replication.loop().read(key, deadline, new ResponseCollector<ReadAnswer>() {
                @Override
                public boolean onAnswer(NodeId replica, ReadAnswer answer) {
                    found.put(replica, answer.accepted().toString());
                    return false;
                }
            });
        } else {
            replication.loop().fetch(key, deadline, new ResponseCollector<VersionedValue>() {
                @Override
                public boolean onAnswer(NodeId replica, VersionedValue answer) {
                    found.put(replica, answer.timestamp().toString());
                    return false;
                }
            });
        }
    }
}
