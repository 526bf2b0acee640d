package io.coterie.rpc;

import io.coterie.rpc.internal.settings.Durations;
import io.coterie.rpc.internal.settings.Option;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
import io.coterie.rpc.spi.World;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The options of an {@link RpcNodeBuilder}, where they are documented, that a node has whatever its
 * transport is. Each value is checked when it is set.
 */
final class NodeChoices {
    private static final Pattern CLUSTER = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int MIN_PAYLOAD_BYTES = 4096;
    private static final int MAX_PAYLOAD_BYTES = 1 << 30;
    private static final int MAX_RUNNING_HANDLERS = 1_000_000;

    final Option<String> cluster = new Option<>("cluster");
    final Option<NodeId> self = new Option<>("self");
    final Option<Transport> transport = new Option<>("transport");
    final Option<World> world = new Option<>("world");
    final Option<Executor> executor = new Option<>("executor");
    final Option<Integer> maxPayloadBytes = new Option<>("maxPayloadBytes");
    final Option<RetryBudget> retryBudget = new Option<>("retryBudget");
    final Option<IdleStrategy> idle = new Option<>("idle");
    private final Option<Integer> maxInFlightPerPeer = new Option<>("maxInFlightPerPeer");
    private final Option<Integer> maxRunningHandlers = new Option<>("maxRunningHandlers");
    private final Option<Integer> maxWaitingRequests = new Option<>("maxWaitingRequests");
    private final Option<Long> replyCacheBytes = new Option<>("replyCacheBytes");
    private final Option<Duration> replyCacheTtl = new Option<>("replyCacheTtl");

    void cluster(@Nullable String name) {
        if (!CLUSTER.matcher(cluster.nonNull(name)).matches()) {
            throw new IllegalArgumentException(
                    "cluster \"" + name + "\" is not 1 to 64 characters out of letters, digits, '.', '_' and '-'");
        }
        cluster.set(name);
    }

    void maxPayloadBytes(int bytes) {
        requireWithin("maxPayloadBytes", bytes, MIN_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES);
        maxPayloadBytes.set(bytes);
    }

    /** The lowest bound of payloads that a node can have with what is set. */
    int minPayloadBytes() {
        return maxPayloadBytes.or(MIN_PAYLOAD_BYTES);
    }

    void maxInFlightPerPeer(int calls) {
        if (calls < 1) {
            throw new IllegalArgumentException("maxInFlightPerPeer " + calls + " is below 1");
        }
        maxInFlightPerPeer.set(calls);
    }

    int maxInFlightPerPeer() {
        return maxInFlightPerPeer.or(10_000);
    }

    void maxRunningHandlers(int handlers) {
        requireWithin("maxRunningHandlers", handlers, 1, MAX_RUNNING_HANDLERS);
        maxRunningHandlers.set(handlers);
    }

    int maxRunningHandlers() {
        return maxRunningHandlers.or(64);
    }

    void maxWaitingRequests(int requests) {
        if (requests < 0) {
            throw new IllegalArgumentException("maxWaitingRequests " + requests + " is below 0");
        }
        maxWaitingRequests.set(requests);
    }

    int maxWaitingRequests() {
        return maxWaitingRequests.or(1024);
    }

    void replyCacheBytes(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("replyCacheBytes " + bytes + " is below 0");
        }
        replyCacheBytes.set(bytes);
    }

    long replyCacheBytes() {
        return replyCacheBytes.or(16L << 20);
    }

    void replyCacheTtl(@Nullable Duration duration) {
        requireAboveZero("replyCacheTtl", replyCacheTtl.nonNull(duration));
        replyCacheTtl.set(duration);
    }

    Duration replyCacheTtl() {
        return replyCacheTtl.or(Duration.ofMinutes(5));
    }

    static void requireAboveZero(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + " " + Durations.text(value) + " is not above zero");
        }
    }

    static void requireWithin(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " " + value + " is not within " + min + " to " + max);
        }
    }
}
