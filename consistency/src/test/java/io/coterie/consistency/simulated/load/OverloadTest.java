package io.coterie.consistency.simulated.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.StoreContext;
import io.coterie.consistency.internal.strong.StrongStore;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.Replication;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Replicas that turn every request away, and some that do not answer at all. */
class OverloadTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final List<NodeId> REPLICAS = List.of(NodeId.of("r0"), NodeId.of("r1"), NodeId.of("r2"));

    private final Simulation simulation = Simulation.create(5);
    private final List<Throwable> failures = new ArrayList<>();

    @Test
    void anOperationThatTooManyReplicasRefuseFailsAsOverloadedWithWhatEachAnswered() {
        Throwable failure = failureWith(Set.of("r0", "r1"));
        OverloadedException overloaded = assertInstanceOf(OverloadedException.class, failure);
        assertEquals(Set.copyOf(REPLICAS), overloaded.replicas().keySet());
        assertTrue(String.valueOf(overloaded.replicas().get(NodeId.of("r0"))).contains("busy"), overloaded.toString());
    }

    @Test
    void missingReplicasAreNotBlamedOnTheLoad() {
        assertInstanceOf(QuorumUnavailableException.class, failureWith(Set.of("r0")));
    }

    private Throwable failureWith(Set<String> busy) {
        REPLICAS.forEach(id -> simulation.node(id.name(), start -> {
            if (busy.contains(id.name())) {
                refuseAll(node(start));
            }
        }));
        simulation.node("c0", this::call);
        simulation.nodes().forEach(node -> node.start());
        assertTrue(simulation.runUntil(() -> !failures.isEmpty(), TIMEOUT.multipliedBy(2)));
        return failures.get(0);
    }

    private static void refuseAll(RpcNode node) {
        for (String method : List.of("replica.prepare", "replica.prepare.batch")) {
            node.serveInline(
                    new RpcMethod<>(method, Codec.bytes(), Codec.bytes(), true),
                    (caller, request, answer) -> answer.fail(OverloadedException.ofHandler("busy", null)));
        }
    }

    private void call(SimStart start) {
        Replication replication =
                Replication.start(node(start), REPLICAS, Storage.memory(), ReplicationOptions.defaults());
        StoreSpec spec = new StoreSpec("store", "strong");
        PolicyStore store = new StrongStore(new StoreContext(replication, spec, start.executor()));
        long deadline = start.world().clock().nanos() + TIMEOUT.toNanos();
        byte[] key = "key".getBytes(StandardCharsets.UTF_8);
        store.execute(key, new Operation.Put(key), deadline, new Completion() {
            @Override
            public void complete(Result result) {
                throw new AssertionError("applied by nobody, and yet: " + result);
            }

            @Override
            public void fail(Throwable error) {
                failures.add(error);
            }
        });
    }

    private static RpcNode node(SimStart start) {
        return RpcNode.builder()
                .cluster("simulated")
                .self(start.node().id())
                .transport(start.transport())
                .world(start.world())
                .executor(start.executor())
                .start();
    }
}
