package io.coterie.consistency.simulated.members;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.replication.ChangeRefusedException;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.change.ChangeListener;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Replicas r0, r1 ... and a client c0, for tests in which members change. */
final class ChangingCluster {
    static final Duration LIMIT = Duration.ofSeconds(60);

    final Simulation simulation;
    final SimulatedCluster cluster;
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();

    /** How a change ended. */
    static final class Watched implements ChangeListener {
        long epoch;
        boolean over;

        @Nullable
        ChangeRefusedException refusal;

        @Override
        public void begun(long begun) {
            epoch = begun;
        }

        @Override
        public void ended(@Nullable ChangeRefusedException why) {
            over = true;
            refusal = why;
        }
    }

    ChangingCluster(int replicas, Variant variant) {
        this(Simulation.create(7), replicas, variant);
    }

    ChangingCluster(Simulation simulation, int replicas, Variant variant) {
        this.simulation = simulation;
        cluster = new SimulatedCluster(
                simulation, replicas, 1, variant, (start, store) -> stores.put(start.node(), store));
        simulation.nodes().forEach(SimNode::start);
        cluster.awaitFounding(simulation);
        await("the stores are open", () -> stores.size() == replicas + 1);
    }

    SimNode node(String name) {
        return simulation.node(name);
    }

    SimNode newcomer(String name, String... others) {
        SimNode node = cluster.newcomer(
                simulation,
                name,
                Stream.concat(Arrays.stream(others), Stream.of(name))
                        .map(NodeId::of)
                        .toList());
        node.start();
        return node;
    }

    void run(long seconds) {
        simulation.runFor(Duration.ofSeconds(seconds));
    }

    void await(String what, BooleanSupplier condition) {
        if (!simulation.runUntil(condition, LIMIT)) {
            throw new AssertionError("not so within " + LIMIT + ": " + what);
        }
    }

    @Nullable
    String get(String key) {
        byte[] value = operate(key, new Operation.Get()).value();
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    void put(String key, String value) {
        operate(key, new Operation.Put(value.getBytes(StandardCharsets.UTF_8)));
    }

    private Result operate(String key, Operation operation) {
        List<Object> results = begin(key, operation);
        await("the operation on " + key + " ends", () -> !results.isEmpty());
        if (results.get(0) instanceof Throwable error) {
            throw new AssertionError(operation + " of " + key, error);
        }
        return (Result) results.get(0);
    }

    /** Begins an operation of the client; the list gets its result, or why it failed. */
    List<Object> begin(String key, Operation operation) {
        List<Object> results = new ArrayList<>();
        SimNode client = node("c0");
        client.execute(() -> {
            long deadline = cluster.loop(client).world().clock().nanos() + LIMIT.toNanos();
            stores.get(client).execute(key.getBytes(StandardCharsets.UTF_8), operation, deadline, new Completion() {
                @Override
                public void complete(Result result) {
                    results.add(result);
                }

                @Override
                public void fail(Throwable error) {
                    results.add(error);
                }
            });
        });
        return results;
    }

    Configuration configuration(String at) {
        return cluster.loop(node(at)).configuration();
    }

    /** The names of the members as a node knows them, and a star while they change. */
    String members(String at) {
        Configuration known = configuration(at);
        TreeSet<String> names = new TreeSet<>();
        known.members().forEach(member -> names.add(member.id().node().name()));
        return String.join(" ", names) + (known.isMoving() ? " *" : "");
    }

    ReplicaState state(String name) {
        return cluster.replication(node(name)).localState();
    }

    Watched leave(String name, boolean force) {
        Watched watched = new Watched();
        node(name).execute(() -> cluster.changes(node(name)).leave(force, watched));
        return watched;
    }
}
