package io.coterie.simulation;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Calls servers now and then, without waiting for earlier calls. It dies with its node. */
final class OnceClient {
    static final Duration MAX_TIMEOUT = Duration.ofMillis(1500);
    private static final Duration MAX_PAUSE = Duration.ofMillis(80);

    /** The first may find that its session has ended, others that the server has forgotten them. */
    private static final int MAX_PROBES = 5;

    /** With few handlers at a time, servers refuse some probes. */
    private static final CallOptions PROBE = CallOptions.within(Duration.ofSeconds(1))
            .retrying(RetryPolicy.exponential(Duration.ofMillis(10), Duration.ofMillis(50))
                    .withJitter());

    private final SimStart start;
    private final RpcNode node;
    private final List<NodeId> servers;
    private final CallLedger ledger;
    private final BooleanSupplier mayCall;
    private final SimRandom random;

    /** @param mayCall asked before each call; the first {@code false} ends it */
    OnceClient(
            SimStart start,
            RpcNode node,
            List<NodeId> servers,
            CallLedger ledger,
            BooleanSupplier mayCall,
            SimRandom random) {
        this.start = start;
        this.node = node;
        this.servers = servers;
        this.ledger = ledger;
        this.mayCall = mayCall;
        this.random = random;
    }

    void think() {
        long pause = random.between(Duration.ZERO, MAX_PAUSE).toNanos();
        start.world().scheduler().schedule(pause, this::callOne);
    }

    /** Calls until it is answered, at most {@value #MAX_PROBES} times. */
    void probe(NodeId server, RpcMethod<Long, Long> method) {
        probe(server, method, MAX_PROBES);
    }

    private void probe(NodeId server, RpcMethod<Long, Long> method, int left) {
        if (left > 0) {
            CompletableFuture<Long> unused = call(server, method, PROBE, true).whenComplete((answer, failure) -> {
                if (failure != null) {
                    probe(server, method, left - 1);
                }
            });
        }
    }

    private void callOne() {
        if (!mayCall.getAsBoolean()) {
            return;
        }
        CompletableFuture<Long> call = call(random.pick(servers), random.pick(OnceMethods.ALL), drawOptions(), false);
        if (random.chance(0.03)) {
            long patience =
                    random.between(Duration.ZERO, Duration.ofMillis(100)).toNanos();
            start.world().scheduler().schedule(patience, () -> call.cancel(true));
        }
        think();
    }

    private CompletableFuture<Long> call(
            NodeId server, RpcMethod<Long, Long> method, CallOptions options, boolean probe) {
        OnceCall entry = ledger.begin(start, probe, options.timeout());
        CompletableFuture<Long> call = node.call(server, method, entry.token, options);
        CompletableFuture<Long> unused =
                call.whenComplete((answer, failure) -> entry.end(ledger.nanos(), answer, failure));
        return call;
    }

    private CallOptions drawOptions() {
        Duration timeout = random.between(Duration.ofMillis(100), MAX_TIMEOUT);
        RetryPolicy retry = RetryPolicy.exponential(
                        random.between(Duration.ofMillis(1), Duration.ofMillis(50)), Duration.ofMillis(200))
                .withJitter();
        if (random.chance(0.2)) {
            retry = retry.withMaxAttempts(1 + random.nextInt(4));
        }
        CallOptions options = CallOptions.within(timeout).retrying(retry);
        Duration limit = random.between(Duration.ofMillis(10), Duration.ofMillis(200));
        return random.chance(0.1) ? options : options.withAttemptTimeout(limit);
    }
}
