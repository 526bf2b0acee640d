package io.coterie.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.RetryBudget;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.ConnectionLostException;
import io.coterie.rpc.error.DeadlineExceededException;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RpcOnSimulationTest {
    private static final RpcMethod<String, String> GREET = new RpcMethod<>("greet", Codec.utf8(), Codec.utf8(), true);
    private static final RpcMethod<String, String> COUNT = new RpcMethod<>("count", Codec.utf8(), Codec.utf8(), false);
    private static final RpcMethod<String, String> COUNT_UNLESS_BUSY =
            new RpcMethod<>("count-unless-busy", Codec.utf8(), Codec.utf8(), false);
    private static final CallOptions PATIENT = CallOptions.within(Duration.ofSeconds(30))
            .retrying(RetryPolicy.exponential(Duration.ofMillis(5), Duration.ofMillis(100))
                    .withJitter());

    private final Simulation simulation = Simulation.create(4);
    private final Map<SimNode, RpcNode> nodes = new HashMap<>();
    private final SimNode client = simulation.node("client", this::boot);
    private final SimNode server = simulation.node("server", this::boot);
    private final List<String> answers = new ArrayList<>();
    private @Nullable Throwable failure;
    private int counted;
    private final Set<String> refused = new HashSet<>();

    @Test
    void aCallIsAnswered() {
        start();
        call("world", CallOptions.within(Duration.ofSeconds(1)));
        simulation.runFor(Duration.ofMillis(5));

        assertEquals(List.of("hello world from start 1"), answers);
    }

    @Test
    void retriesOvercomeLoss() {
        simulation.network().faults(NetworkFaults.none().withLoss(0.3));
        start();
        for (int i = 0; i < 20; i++) {
            callUntilAnswered("caller " + i);
        }

        assertTrue(simulation.runUntil(() -> answers.size() == 20, Duration.ofSeconds(10)), answers::toString);
        assertInstanceOf(DeadlineExceededException.class, failure, "nothing was lost");
    }

    @Test
    void anAttemptTimeoutOvercomesUnreportedLoss() {
        simulation.network().faults(NetworkFaults.none().withLoss(0.3));
        start();
        for (int i = 0; i < 100; i++) {
            call("caller " + i, PATIENT.withAttemptTimeout(Duration.ofMillis(50)));
        }

        assertTrue(simulation.runUntil(() -> answers.size() == 100, Duration.ofSeconds(5)), () -> answers.size() + "");
        assertNull(failure);
    }

    @Test
    void aPeerThatIsRemovedIsDisconnectedAtBothEndsAndItsCallsEnd() {
        simulation.network().signalsConnections(true);
        start();
        call("world", PATIENT);
        simulation.runFor(Duration.ofSeconds(1));
        assertTrue(node(client).isConnected(server.id()));
        assertTrue(node(server).isConnected(client.id()));
        simulation.network().cutBoth(client, server);
        call("again", CallOptions.within(Duration.ofMinutes(1)));

        client.execute(() -> node(client).loop().removePeer(server.id()));
        simulation.runFor(Duration.ofMillis(1));

        assertInstanceOf(ConnectionLostException.class, failure);
        assertFalse(node(client).isConnected(server.id()));
        assertFalse(node(server).isConnected(client.id()));
        simulation.network().heal();
        call("a third time", CallOptions.within(Duration.ofMinutes(1)));
        simulation.runFor(Duration.ofSeconds(1));
        assertEquals(List.of("hello world from start 1", "hello a third time from start 1"), answers);
    }

    @Test
    void aRestartedServerAnswers() {
        start();
        call("world", CallOptions.within(Duration.ofSeconds(1)));
        simulation.runFor(Duration.ofSeconds(1));
        server.restart();
        call("world", PATIENT);
        simulation.runFor(Duration.ofSeconds(5));

        assertEquals(List.of("hello world from start 1", "hello world from start 2"), answers);
    }

    @Test
    void anAtMostOnceCallIsAnsweredAfterALongSilence() {
        start();
        call("world", PATIENT, COUNT);
        simulation.runFor(Duration.ofMinutes(6));
        call("world", PATIENT, COUNT);
        simulation.runFor(Duration.ofSeconds(1));

        assertNull(failure);
        assertEquals(List.of("world 1", "world 2"), answers);
    }

    @Test
    void aCopyOfARefusedCallIsNotExecuted() {
        simulation
                .network()
                .faults(NetworkFaults.none().withDuplication(1).withDelay(Duration.ZERO, Duration.ofMillis(10)));
        start();
        for (int i = 0; i < 50; i++) {
            call("caller " + i, CallOptions.within(Duration.ofSeconds(1)), COUNT_UNLESS_BUSY);
            simulation.runFor(Duration.ofSeconds(1));
            assertInstanceOf(OverloadedException.class, failure);
            failure = null;
        }

        assertEquals(0, counted);
    }

    @Test
    void aRefusedCallIsExecutedAtItsRetry() {
        start();
        call("world", PATIENT, COUNT_UNLESS_BUSY);
        simulation.runFor(Duration.ofSeconds(1));

        assertNull(failure);
        assertEquals(List.of("world 1"), answers);
    }

    @Test
    void aCallAcrossAPartitionFailsAtItsDeadline() {
        start();
        simulation.network().cutBoth(client, server);
        call("world", CallOptions.within(Duration.ofSeconds(2)));

        assertTrue(simulation.runUntil(() -> failure != null, Duration.ofSeconds(3)));
        assertInstanceOf(DeadlineExceededException.class, failure);
        assertEquals(Duration.ofSeconds(2), simulation.now());
    }

    private void start() {
        client.start();
        server.start();
    }

    private void boot(SimStart start) {
        RpcNode node = RpcNode.builder()
                .cluster("test")
                .self(start.node().id())
                .transport(start.transport())
                .world(start.world())
                .executor(start.executor())
                .retryBudget(RetryBudget.unlimited())
                .start();
        node.serve(GREET, (caller, name) -> "hello " + name + " from start " + start.number());
        node.serve(COUNT, (caller, name) -> name + " " + ++counted);
        node.serve(COUNT_UNLESS_BUSY, (caller, name) -> {
            if (refused.add(name)) {
                throw OverloadedException.ofHandler("busy at the first attempt of each caller", null);
            }
            return name + " " + ++counted;
        });
        start.onStop(node::close);
        nodes.put(start.node(), node);
    }

    private void call(String name, CallOptions options) {
        call(name, options, GREET);
    }

    private void call(String name, CallOptions options, RpcMethod<String, String> method) {
        client.execute(() -> {
            CompletableFuture<String> unused = node(client)
                    .call(NodeId.of("server"), method, name, options)
                    .whenComplete((answer, thrown) -> {
                        if (thrown == null) {
                            answers.add(answer);
                        } else {
                            failure = thrown;
                        }
                    });
        });
    }

    private void callUntilAnswered(String name) {
        client.execute(() -> {
            CompletableFuture<String> unused = node(client)
                    .call(NodeId.of("server"), GREET, name, CallOptions.within(Duration.ofMillis(100)))
                    .whenComplete((answer, thrown) -> {
                        if (thrown == null) {
                            answers.add(answer);
                        } else {
                            failure = thrown;
                            callUntilAnswered(name);
                        }
                    });
        });
    }

    private RpcNode node(SimNode of) {
        RpcNode node = nodes.get(of);
        if (node == null) {
            throw new AssertionError(of + " was not started");
        }
        return node;
    }
}
