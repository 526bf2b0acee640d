package io.coterie.consistency.simulated.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.replication.ChangeRefusedException;
import io.coterie.replication.ChangeRefusedException.Reason;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.change.ChangeListener;
import io.coterie.replication.internal.change.ChangeRequest;
import io.coterie.replication.internal.change.ChangeRequest.Newcomer;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A founded cluster of replicas r0, r1 ... and clients c0, c1 ..., whose members a test changes. */
final class ChangedCluster {
    static final Duration LIMIT = Duration.ofMinutes(3);

    final Simulation simulation;
    final SimulatedCluster cluster;
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();

    /** How a change ended. */
    static final class Change implements ChangeListener {
        private long epoch;
        private boolean over;
        private @Nullable ChangeRefusedException refusal;

        @Override
        public void begun(long begun) {
            epoch = begun;
        }

        @Override
        public void ended(@Nullable ChangeRefusedException why) {
            over = true;
            refusal = why;
        }

        boolean hasBegun() {
            return epoch > 0;
        }

        boolean isOver() {
            return over;
        }

        @Nullable
        ChangeRefusedException refusal() {
            return refusal;
        }

        void isMade() {
            ChangeRefusedException why = refusal;
            assertNull(why, () -> why == null ? "" : why.getMessage());
            assertTrue(over, "it is not over");
        }

        void isRefused(Reason reason) {
            ChangeRefusedException why = refusal;
            assertNotNull(why, "it was made");
            assertEquals(reason, why.reason(), why.getMessage());
        }
    }

    /** An operation, and what became of it. */
    static final class Call implements Completion {
        private @Nullable Result result;
        private @Nullable Throwable error;

        @Override
        public void complete(Result found) {
            result = found;
        }

        @Override
        public void fail(Throwable why) {
            error = why;
        }

        boolean isOver() {
            return result != null || error != null;
        }

        boolean isDone() {
            return result != null;
        }

        Result result() {
            Result found = result;
            if (found == null) {
                throw new AssertionError("no result", error);
            }
            return found;
        }

        /** The value as a text; null if the key is absent. */
        @Nullable
        String text() {
            byte[] value = result().value();
            return value == null ? null : new String(value, StandardCharsets.UTF_8);
        }
    }

    ChangedCluster(long seed, int replicas, int clients, Variant variant) {
        simulation = Simulation.create(seed);
        cluster = new SimulatedCluster(
                simulation, replicas, clients, variant, (start, store) -> stores.put(start.node(), store));
        simulation.nodes().forEach(SimNode::start);
        cluster.awaitFounding(simulation);
        until("all stores are open", () -> stores.size() == replicas + clients);
    }

    SimNode node(String name) {
        return simulation.node(name);
    }

    NodeId id(String name) {
        return NodeId.of(name);
    }

    void until(String what, BooleanSupplier condition) {
        assertTrue(simulation.runUntil(condition, LIMIT), () -> "it does not come to this: " + what);
    }

    void runFor(Duration time) {
        simulation.runFor(time);
    }

    /** A replica that is started with the list of others and itself. */
    SimNode newcomer(String name, String... others) {
        List<NodeId> list = Stream.concat(Stream.of(others), Stream.of(name))
                .map(NodeId::of)
                .toList();
        SimNode node = cluster.newcomer(simulation, name, list);
        node.start();
        return node;
    }

    /** A replica that knows no names, and looks for members where these nodes are. */
    SimNode joining(String name, String... addresses) {
        SimNode node = cluster.newcomer(simulation, name, List.of(NodeId.of(name)));
        joins(name, addresses);
        node.start();
        return node;
    }

    /** From its next start on, a replica looks for members where these nodes are. */
    void joins(String name, String... addresses) {
        cluster.join(node(name), List.of(NodeId.of(name)), List.of(addresses));
    }

    /** Makes a change, and waits for its end. */
    Change change(String at, @Nullable String leaving, @Nullable String newcomer, boolean force) {
        Change change = begin(at, leaving, newcomer, force);
        until("the change ends", change::isOver);
        return change;
    }

    Change begin(String at, @Nullable String leaving, @Nullable String newcomer, boolean force) {
        Change change = new Change();
        ChangeRequest request = new ChangeRequest(
                leaving == null ? null : NodeId.of(leaving),
                newcomer == null ? null : new Newcomer(NodeId.of(newcomer), ""),
                force);
        node(at).execute(() -> cluster.changes(node(at)).begin(request, change));
        return change;
    }

    void abort(String at) {
        node(at).execute(() -> cluster.changes(node(at)).abort(refusal -> {}));
    }

    @Nullable
    Configuration configuration(String at) {
        return node(at).isUp() ? cluster.loop(node(at)).configuration() : null;
    }

    long epoch(String at) {
        Configuration adopted = configuration(at);
        return adopted == null ? 0 : adopted.epoch();
    }

    void untilKnown(String at, long epoch) {
        until(at + " knows epoch " + epoch, () -> epoch(at) >= epoch);
    }

    Set<String> members(String at) {
        Configuration adopted = configuration(at);
        assertNotNull(adopted);
        return adopted.members().stream()
                .map(member -> member.id().node().name())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    boolean votes(String name) {
        return node(name).isUp() && cluster.replication(node(name)).localState() == ReplicaState.VOTING;
    }

    String problem(String name) {
        return String.valueOf(cluster.replication(node(name)).localProblem());
    }

    /** Waits until all members that a node knows vote, know the same, and none comes or goes. */
    void untilSettled(String at) {
        until("the members that " + at + " knows are settled", () -> isSettled(at));
    }

    private boolean isSettled(String at) {
        Configuration adopted = configuration(at);
        return adopted != null
                && !adopted.isMoving()
                && members(at).stream().allMatch(name -> votes(name) && adopted.equals(configuration(name)));
    }

    /** Begins an operation at a node. It ends within some time. */
    Call begin(String at, String key, Operation operation) {
        Call call = new Call();
        SimNode node = node(at);
        node.execute(() -> {
            long deadline = cluster.loop(node).world().clock().nanos() + LIMIT.toNanos();
            stores.get(node).execute(key.getBytes(StandardCharsets.UTF_8), operation, deadline, call);
        });
        return call;
    }

    Call run(String at, String key, Operation operation) {
        Call call = begin(at, key, operation);
        until("the operation on " + key + " ends", call::isOver);
        call.result();
        return call;
    }

    static Operation put(String value) {
        return new Operation.Put(value.getBytes(StandardCharsets.UTF_8));
    }

    void put(String at, String key, String value) {
        run(at, key, put(value));
    }

    @Nullable
    String get(String at, String key) {
        return run(at, key, new Operation.Get()).text();
    }

    void putAll(String at, int keys, String value) {
        for (int i = 0; i < keys; i++) {
            put(at, "k" + i, value);
        }
    }

    void hasAll(String at, int keys, String value) {
        for (int i = 0; i < keys; i++) {
            assertEquals(value, get(at, "k" + i), "k" + i);
        }
    }
}
