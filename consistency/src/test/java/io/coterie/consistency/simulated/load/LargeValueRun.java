package io.coterie.consistency.simulated.load;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.simulated.checks.FailedCalls;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.rpc.spi.World;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import io.coterie.simulation.history.HistoryRecorder;
import io.coterie.simulation.history.LinearizabilityChecker;
import io.coterie.simulation.history.Op;
import io.coterie.simulation.history.RegisterModel;
import io.coterie.simulation.history.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One simulated run of three replicas and a client, between which bytes take time. Many callers at
 * one of the nodes read and write large values of shared keys, one operation after the other.
 * Nothing fails but what the load brings down.
 */
final class LargeValueRun {
    static final int CALLERS = 900;
    static final int OPERATIONS = 4 * CALLERS;
    static final int VALUE_BYTES = 20_000;
    static final long BYTES_PER_SECOND = 12_000_000;
    static final int REPLICAS = 3;

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int KEYS = 600;

    private final Simulation simulation;
    private final SimRandom random;
    private final HistoryRecorder recorder;
    private final Map<String, PolicyStore> stores = new HashMap<>();
    private final Map<String, World> worlds = new HashMap<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final Duration took;
    private final long bytes;
    private int begun;
    private int ended;

    /** @param caller the name of the node whose callers do all of it */
    LargeValueRun(long seed, String caller) {
        this.simulation = Simulation.create(seed);
        this.random = simulation.random("large values");
        this.recorder = new HistoryRecorder(simulation::nanos);
        new SimulatedCluster(simulation, REPLICAS, 1, SimulatedCluster.Variant.CORRECT, this::opened);
        simulation.network().faults(NetworkFaults.none().withDelay(Duration.ofNanos(200_000), Duration.ofMillis(1)));
        simulation.network().signalsConnections(true);
        simulation.network().reportsLoss(true);
        simulation.nodes().forEach(SimNode::start);
        if (!simulation.runUntil(() -> stores.size() == REPLICAS + 1, Duration.ofSeconds(10))) {
            throw new AssertionError("only " + stores.keySet() + " opened the store");
        }
        simulation.network().rate(BYTES_PER_SECOND);
        long before = simulation.network().sentBytes();
        long began = simulation.nanos();
        simulation.node(caller).execute(() -> {
            for (int i = 0; i < CALLERS; i++) {
                next(caller, caller + "-" + i);
            }
        });
        simulation.runUntil(() -> ended == OPERATIONS, TIMEOUT.multipliedBy(OPERATIONS / CALLERS + 1));
        this.took = Duration.ofNanos(simulation.nanos() - began);
        this.bytes = simulation.network().sentBytes() - before;
    }

    private void opened(SimStart start, PolicyStore store) {
        stores.put(start.node().id().name(), store);
        worlds.put(start.node().id().name(), start.world());
    }

    private void next(String node, String process) {
        if (begun == OPERATIONS) {
            return;
        }
        String value = process + "/" + begun++;
        String key = "register" + random.nextInt(KEYS);
        Op op = random.chance(0.5) ? new Op.Read() : new Op.Write(value);
        HistoryRecorder.Call call = recorder.invoke(process, key, op);
        Operation operation = op instanceof Op.Read ? new Operation.Get() : new Operation.Put(padded(value));
        long deadline = worlds.get(node).clock().nanos() + TIMEOUT.toNanos();
        stores.get(node).execute(key.getBytes(StandardCharsets.UTF_8), operation, deadline, new Completion() {
            @Override
            public void complete(Result result) {
                byte[] found = result.value();
                if (op instanceof Op.Read) {
                    call.ok(found == null ? null : new String(found, StandardCharsets.UTF_8).strip());
                } else {
                    call.ok();
                }
                end();
            }

            @Override
            public void fail(Throwable error) {
                FailedCalls.record(call, error);
                failures.add(error);
                end();
            }

            private void end() {
                ended++;
                next(node, process);
            }
        });
    }

    /** As far as histories go, a value is what stands before the spaces at its end. */
    private static byte[] padded(String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(text, VALUE_BYTES);
        Arrays.fill(padded, text.length, VALUE_BYTES, (byte) ' ');
        return padded;
    }

    int ended() {
        return ended;
    }

    List<Throwable> failures() {
        return failures;
    }

    /** How long all of it took. */
    Duration took() {
        return took;
    }

    /** How many bytes all nodes sent for it. */
    long bytes() {
        return bytes;
    }

    long traceHash() {
        return simulation.traceHash();
    }

    Verdict verdict() {
        return LinearizabilityChecker.of(new RegisterModel()).check(recorder.history());
    }

    @Override
    public String toString() {
        return "seed " + simulation.seed() + ": " + ended + " operations ended in " + took.toMillis() + " ms, "
                + failures.size() + " of them failed, " + bytes + " bytes were sent; first failure: "
                + failures.stream().limit(1).toList();
    }
}
