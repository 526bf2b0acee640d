package io.coterie.consistency.simulated.voters;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.KeyListener;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.internal.strong.StrongStore;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.ChangeRefusedException;
import io.coterie.replication.internal.change.ChangeListener;
import io.coterie.replication.internal.change.ChangeRequest;
import io.coterie.replication.internal.change.ChangeRequest.Newcomer;
import io.coterie.replication.spi.Ballot;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the operations of one node do when the voters change while they are in flight. */
class VotersChangeOfAStoreTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Simulation simulation = Simulation.create(1);
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private final Deque<Runnable> heldBack = new ArrayDeque<>();
    private final List<String> results = new ArrayList<>();
    private final SimNode client;
    private boolean holdsBack;
    private SimulatedCluster cluster;

    VotersChangeOfAStoreTest() {
        start(SimulatedCluster.Variant.CORRECT.withStore(context -> new StrongStore(context.withUserCode(task -> {
            if (holdsBack) {
                heldBack.add(task);
            } else {
                task.run();
            }
        }))));
        client = simulation.node("c0");
    }

    private void start(SimulatedCluster.Variant variant) {
        cluster = new SimulatedCluster(simulation, 3, 1, variant, (start, store) -> stores.put(start.node(), store));
        simulation.nodes().forEach(SimNode::start);
        cluster.awaitFounding(simulation);
    }

    /**
     * The clock of the node is ahead, so that the ballot that the replicas before have promised is
     * above what others use since.
     */
    @Test
    void aFunctionThatReturnsAfterAChangeIsCalledAgainWithWhatTheNewReplicasHave() {
        client.jumpWallClock(Duration.ofSeconds(20));
        holdsBack = true;
        execute(new Operation.Update(before -> append(before, "x")));
        simulation.runFor(Duration.ofSeconds(1));
        assertEquals(1, heldBack.size());
        replaceTwo();
        simulation.node("r2").kill();
        holdsBack = false;
        SimNode other = simulation.node("s");
        other.execute(() -> execute(other, new Operation.Put(bytes("y")), "put"));
        simulation.runFor(Duration.ofSeconds(1));

        client.execute(() -> heldBack.remove().run());
        simulation.runFor(Duration.ofSeconds(1));
        execute(new Operation.Get());
        simulation.runFor(Duration.ofSeconds(1));

        assertEquals("yx", results.get(results.size() - 1));
    }

    /** Its clock is ahead, so that the promise it has cached is above what others use since. */
    @Test
    void aPromiseOfTheReplicasBeforeIsNotUsed() {
        client.jumpWallClock(Duration.ofSeconds(20));
        execute(new Operation.Put(bytes("old")));
        simulation.runFor(Duration.ofSeconds(1));
        replaceTwo();
        simulation.node("r2").kill();
        SimNode other = simulation.node("s");
        other.execute(() -> execute(other, new Operation.Put(bytes("y")), "put"));
        simulation.runFor(Duration.ofSeconds(1));

        execute(new Operation.Update(before -> append(before, "x")));
        simulation.runFor(Duration.ofSeconds(1));
        execute(new Operation.Get());
        simulation.runFor(Duration.ofSeconds(1));

        assertEquals("yx", results.get(results.size() - 1));
    }

    @Test
    void aWatchContinuesAtTheNewReplicas() {
        List<String> seen = new ArrayList<>();
        client.execute(() -> stores.get(client).watch(bytes("k"), true, 100, new KeyListener() {
            @Override
            public void onChange(byte[] key, byte @Nullable [] value, Ballot version) {
                seen.add(text(value));
            }

            @Override
            public void onMissed(byte[] key, Ballot after, Ballot before) {}
        }));
        simulation.runFor(Duration.ofSeconds(1));
        execute(new Operation.Put(bytes("one")));
        simulation.runFor(Duration.ofSeconds(1));
        replaceTwo();
        simulation.node("r0").kill();
        simulation.node("r1").kill();
        execute(new Operation.Put(bytes("two")));
        simulation.runFor(Duration.ofSeconds(3));

        assertEquals(List.of("one", "two"), seen.stream().distinct().toList());
        assertArrayEquals(bytes("two"), bytes(seen.get(seen.size() - 1)));
    }

    /** In place of r0, r1 and r2 come r2, s and t. */
    private void replaceTwo() {
        replace("r0", "s", "r1", "r2");
        replace("r1", "t", "r2", "s");
    }

    private void replace(String leaving, String newcomer, String... others) {
        List<NodeId> list = Stream.concat(Stream.of(others), Stream.of(newcomer))
                .map(NodeId::of)
                .toList();
        cluster.newcomer(simulation, newcomer, list).start();
        List<@Nullable Throwable> ends = new ArrayList<>();
        SimNode driver = simulation.node("r2");
        ChangeRequest request = new ChangeRequest(NodeId.of(leaving), new Newcomer(NodeId.of(newcomer), ""), true);
        driver.execute(() -> cluster.changes(driver).begin(request, new ChangeListener() {
            @Override
            public void begun(long epoch) {}

            @Override
            public void ended(@Nullable ChangeRefusedException refusal) {
                ends.add(refusal);
            }
        }));
        assertTrue(simulation.runUntil(() -> !ends.isEmpty(), TIMEOUT.multipliedBy(6)));
        assertNull(ends.get(0));
        simulation.runFor(Duration.ofSeconds(1));
    }

    private void execute(Operation operation) {
        client.execute(() -> execute(client, operation, ""));
    }

    private void execute(SimNode node, Operation operation, String name) {
        long deadline = cluster.loop(node).world().clock().nanos() + TIMEOUT.toNanos();
        stores.get(node).execute(bytes("k"), operation, deadline, new Completion() {
            @Override
            public void complete(Result result) {
                results.add(name + text(result.value()));
            }

            @Override
            public void fail(Throwable error) {
                results.add("failed " + error);
            }
        });
    }

    private static byte[] append(byte @Nullable [] before, String text) {
        return bytes((before == null ? "" : text(before)) + text);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }
}
