package io.coterie.rpc;

import io.coterie.rpc.internal.nio.handshake.TcpSettings;
import io.coterie.rpc.internal.settings.Durations;
import io.coterie.rpc.internal.settings.Option;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.KeyFiles;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The options of an {@link RpcNodeBuilder}, where they are documented, that only TCP has a use for.
 * Each value is checked when it is set.
 */
final class TcpChoices {
    private static final Duration MIN_KEEPALIVE = Duration.ofMillis(100);
    private static final Duration MAX_KEEPALIVE = Duration.ofHours(1);

    /**
     * Long enough for a pause of a process that is alive, short against what a person would wait.
     */
    private static final Duration DEFAULT_KEEPALIVE = Duration.ofSeconds(10);

    private static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(5);
    private static final RetryPolicy DEFAULT_RECONNECT = RetryPolicy.exponential(
                    Duration.ofMillis(10), Duration.ofSeconds(1))
            .withJitter();
    private static final int MAX_UNAUTHENTICATED = 1000;
    private static final int DEFAULT_CONNECTIONS = 10_000;
    private static final int MAX_CONNECTIONS = 1_000_000;
    private static final long DEFAULT_QUEUED_BYTES = 64L << 20;

    private final Map<NodeId, HostPort> peers = new LinkedHashMap<>();
    private boolean peersLater;
    private final Option<HostPort> listen = new Option<>("listen");
    private final Option<Long> maxQueuedBytesPerPeer = new Option<>("maxQueuedBytesPerPeer");
    private final Option<RetryPolicy> reconnect = new Option<>("reconnect");
    private final Option<Duration> handshakeTimeout = new Option<>("handshakeTimeout");
    private final Option<Duration> keepalive = new Option<>("keepalive");
    private final Option<Integer> maxConnections = new Option<>("maxConnections");
    private final Option<Security> security = new Option<>("security");
    private final Option<NodeKeyFiles> nodeKey = new Option<>("nodeKey");

    /** Where the node's key is kept; null for a key of this start alone. */
    private record NodeKeyFiles(@Nullable KeyFiles files) {
        @Override
        public String toString() {
            return files == null ? "null (a key of this start alone)" : files.toString();
        }
    }

    void listen(@Nullable HostPort address) {
        listen.set(address);
    }

    void peer(@Nullable NodeId name, @Nullable HostPort address) {
        NodeId peer = Objects.requireNonNull(name, "name of the peer must not be null");
        HostPort given = Objects.requireNonNull(address, () -> "address of peer " + peer + " must not be null");
        if (given.port() == 0) {
            throw new IllegalArgumentException(
                    "peer " + peer + ": port 0 cannot be dialed; give the port that it listens on");
        }
        HostPort before = peers.putIfAbsent(peer, given);
        if (before != null && !before.equals(given)) {
            throw new IllegalArgumentException("peer " + peer + " has two addresses, " + before + " and " + given
                    + "; give the one that it listens on");
        }
    }

    void peersLater() {
        if (peersLater) {
            throw new IllegalStateException("peersLater is set twice; set it once");
        }
        peersLater = true;
    }

    void maxQueuedBytesPerPeer(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("maxQueuedBytesPerPeer " + bytes + " is below 1");
        }
        maxQueuedBytesPerPeer.set(bytes);
    }

    void reconnect(@Nullable RetryPolicy policy) {
        if (reconnect.nonNull(policy).maxAttempts() != Integer.MAX_VALUE) {
            throw new IllegalArgumentException("reconnect: " + policy + " bounds the attempts, and a peer that is away"
                    + " for longer would never be dialed again; use a policy without a bound");
        }
        reconnect.set(policy);
    }

    void handshakeTimeout(@Nullable Duration timeout) {
        NodeChoices.requireAboveZero("handshakeTimeout", handshakeTimeout.nonNull(timeout));
        handshakeTimeout.set(timeout);
    }

    void keepalive(@Nullable Duration silence) {
        Duration limit = keepalive.nonNull(silence);
        if (limit.compareTo(MIN_KEEPALIVE) < 0 || limit.compareTo(MAX_KEEPALIVE) > 0) {
            throw new IllegalArgumentException("keepalive " + Durations.text(limit) + " is not within "
                    + Durations.text(MIN_KEEPALIVE) + " to " + Durations.text(MAX_KEEPALIVE));
        }
        keepalive.set(limit);
    }

    void maxConnections(int connections) {
        NodeChoices.requireWithin("maxConnections", connections, 1, MAX_CONNECTIONS);
        maxConnections.set(connections);
    }

    void security(@Nullable Security protection) {
        security.set(protection);
    }

    void nodeKey(@Nullable KeyFiles files) {
        nodeKey.set(new NodeKeyFiles(files));
    }

    /** How connections are protected. */
    Security security() {
        return security.or(Security.none());
    }

    /**
     * The settings of the transport of a node.
     *
     * @param maxMessageBytes the largest message: a payload and a header
     * @throws IllegalStateException if options are missing or contradict each other
     */
    TcpSettings settle(String cluster, NodeId self, int maxMessageBytes) {
        HostPort address = listen.given();
        Map<NodeId, HostPort> others = new LinkedHashMap<>(peers);
        others.remove(self);
        if (address == null && others.isEmpty() && !peersLater) {
            throw new IllegalStateException("neither listen nor a peer is set: no node could reach node " + self
                    + ", and it could reach none; set one of the two");
        }
        // Two, so that one can be queued while another is written.
        long queued = maxQueuedBytesPerPeer.or(Math.max(DEFAULT_QUEUED_BYTES, 2L * maxMessageBytes));
        if (queued < maxMessageBytes) {
            throw new IllegalStateException("maxQueuedBytesPerPeer " + queued + " is below the largest message, "
                    + maxMessageBytes
                    + " (maxPayloadBytes and a header): raise it, lower maxPayloadBytes, or leave it out");
        }
        Security protection = security();
        protection.requireFit(others.keySet(), address);
        NodeKeyFiles key = nodeKey.given();
        return new TcpSettings(
                cluster,
                self,
                address,
                others,
                maxMessageBytes,
                queued,
                reconnect.or(DEFAULT_RECONNECT),
                handshakeTimeout.or(DEFAULT_HANDSHAKE_TIMEOUT),
                keepalive.or(DEFAULT_KEEPALIVE),
                MAX_UNAUTHENTICATED,
                maxConnections.or(DEFAULT_CONNECTIONS),
                protection.settings(),
                key == null ? null : protection.openKey(self, key.files()));
    }
}
