package io.coterie.simulation;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.RetryBudget;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A client that asks the next of three servers if one is slow, and the results of its calls. */
final class HedgedRun {
    static final Duration HEDGE = Duration.ofMillis(50);
    static final Duration TIMEOUT = Duration.ofMillis(400);

    /** Answers with the number of its execution, which contains that of the call. */
    private static final RpcMethod<Long, Long> ASK = new RpcMethod<>("ask", Codec.int64(), Codec.int64(), true);

    private static final int MAX_EXECUTIONS = 1000;

    final Simulation simulation;
    final List<SimNode> servers = new ArrayList<>();
    final List<Asked> calls = new ArrayList<>();
    private final Map<Long, List<Long>> arrived = new HashMap<>();
    private final Map<SimNode, RpcNode> clients = new HashMap<>();
    private final SimNode client;
    private long executions;

    /** A call with its times and its result. The end is below zero until it has ended. */
    static final class Asked {
        final long began;
        long ended = -1;

        @Nullable
        Long answer;

        @Nullable
        Throwable failure;

        Asked(long began) {
            this.began = began;
        }

        Duration took() {
            return Duration.ofNanos(ended - began);
        }

        @Override
        public String toString() {
            return "call at " + began + " ns, ended at " + ended + " ns: " + (failure == null ? answer : failure);
        }
    }

    /** A run with all nodes up and without faults. */
    HedgedRun(long seed) {
        simulation = Simulation.create(seed);
        for (int i = 0; i < 3; i++) {
            servers.add(simulation.node("s" + i, this::bootServer));
        }
        client = simulation.node("c", this::bootClient);
        simulation.nodes().forEach(SimNode::start);
    }

    /** Makes a call now, to the servers in that order. */
    Asked ask(List<SimNode> order) {
        Asked asked = new Asked(simulation.nanos());
        long token = calls.size();
        calls.add(asked);
        client.execute(() -> {
            RpcNode node = clients.get(client);
            if (node == null) {
                throw new IllegalStateException("the client has not been started");
            }
            List<NodeId> peers = order.stream().map(SimNode::id).toList();
            CompletableFuture<Long> unused = node.callAny(peers, ASK, token, CallOptions.within(TIMEOUT), HEDGE)
                    .whenComplete((answer, failure) -> {
                        asked.ended = simulation.nanos();
                        asked.answer = answer;
                        asked.failure = failure;
                    });
        });
        return asked;
    }

    /** The errors of all calls so far, each of which must have had the time to end. */
    List<String> violations() {
        List<String> violations = new ArrayList<>();
        for (int token = 0; token < calls.size(); token++) {
            Asked asked = calls.get(token);
            boolean inTime = asked.ended >= 0 && asked.took().compareTo(TIMEOUT.plusMillis(1)) <= 0;
            boolean failsAsItMay = asked.failure == null || asked.failure instanceof RpcException;
            List<Long> answers = arrived.getOrDefault((long) token, List.of());
            if (!inTime || !failsAsItMay || !isFirst(asked.answer, answers)) {
                violations.add(asked + ", answers in the order of their arrival " + answers);
            }
        }
        return violations;
    }

    /**
     * An answer is too late if its peer was reported gone before: the first one may not count then.
     */
    private boolean isFirst(@Nullable Long answer, List<Long> answers) {
        if (answer == null) {
            return true;
        }
        return simulation.network().signalsConnections() ? answers.contains(answer) : answers.indexOf(answer) == 0;
    }

    long executions() {
        return executions;
    }

    private void bootServer(SimStart start) {
        boot(start, start.transport())
                .serveInline(ASK, (caller, token) -> token * MAX_EXECUTIONS + ++executions % MAX_EXECUTIONS);
    }

    private void bootClient(SimStart start) {
        clients.put(start.node(), boot(start, new MessageFilter(start.transport()) {
            @Override
            ByteBuffer incoming(NodeId from, ByteBuffer message) {
                if (CallLayout.kind(message) == CallLayout.REPLY) {
                    long answer = CallLayout.longAt(message, CallLayout.REPLY_PAYLOAD);
                    arrived.computeIfAbsent(answer / MAX_EXECUTIONS, token -> new ArrayList<>())
                            .add(answer);
                }
                return message;
            }
        }));
    }

    private static RpcNode boot(SimStart start, Transport transport) {
        return RpcNode.builder()
                .cluster("simulated")
                .self(start.node().id())
                .transport(transport)
                .world(start.world())
                .retryBudget(RetryBudget.unlimited())
                .start();
    }
}
