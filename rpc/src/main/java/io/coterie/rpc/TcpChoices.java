package io.coterie.rpc;

import io.coterie.rpc.internal.nio.handshake.TcpSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The choices of an {@link RpcNodeBuilder}, where they are documented, that a plugged transport has no use for. */
final class TcpChoices {
    private static final Duration MIN_KEEPALIVE = Duration.ofMillis(100);
    private static final Duration MAX_KEEPALIVE = Duration.ofHours(1);

    private static final int MAX_STRANGERS = 1000;
    private static final int MAX_CONNECTIONS = 1_000_000;
    private static final long DEFAULT_QUEUED_BYTES = 64L << 20;

    private @Nullable HostPort listen;
    private final Map<NodeId, HostPort> peers = new LinkedHashMap<>();
    private @Nullable Long maxQueuedBytesPerPeer;
    private RetryPolicy reconnect = RetryPolicy.exponential(Duration.ofMillis(10), Duration.ofSeconds(1))
            .withJitter();
    private Duration handshakeTimeout = Duration.ofSeconds(5);

    /** Long enough for a pause of the other process that is not its end, short against what a person would wait. */
    private Duration keepalive = Duration.ofSeconds(10);

    private int maxConnections = 10_000;
    private Security security = Security.none();
    private boolean provesName;
    private @Nullable KeyFiles keyFiles;

    void listen(HostPort address) {
        listen = address;
    }

    void peer(NodeId name, HostPort address) {
        if (address.port() == 0) {
            throw new IllegalArgumentException(
                    "peer " + name + ": port 0 cannot be dialed; give the port it listens on");
        }
        HostPort before = peers.putIfAbsent(name, address);
        if (before != null && !before.equals(address)) {
            throw new IllegalArgumentException("peer " + name + " has two addresses, " + before + " and " + address);
        }
    }

    void maxQueuedBytesPerPeer(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("maxQueuedBytesPerPeer " + bytes + " is not 1 or more");
        }
        maxQueuedBytesPerPeer = bytes;
    }

    void reconnect(RetryPolicy policy) {
        if (policy.maxAttempts() != Integer.MAX_VALUE) {
            throw new IllegalArgumentException("reconnect: " + policy
                    + " ends, and a peer that is away for longer would never be dialed again; use one without a bound");
        }
        reconnect = policy;
    }

    void handshakeTimeout(Duration timeout) {
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("handshakeTimeout " + timeout + " is not above zero");
        }
        handshakeTimeout = timeout;
    }

    void keepalive(Duration silence) {
        if (silence.compareTo(MIN_KEEPALIVE) < 0 || silence.compareTo(MAX_KEEPALIVE) > 0) {
            throw new IllegalArgumentException(
                    "keepalive " + silence + " is not within " + MIN_KEEPALIVE + " to " + MAX_KEEPALIVE);
        }
        keepalive = silence;
    }

    void maxConnections(int connections) {
        if (connections < 1 || connections > MAX_CONNECTIONS) {
            throw new IllegalArgumentException(
                    "maxConnections " + connections + " is not within 1 to " + MAX_CONNECTIONS);
        }
        maxConnections = connections;
    }

    void security(Security choice) {
        security = choice;
    }

    void nodeKey(@Nullable KeyFiles files) {
        provesName = true;
        keyFiles = files;
    }

    /** How connections are protected, {@link Security#none()} unless it was chosen. */
    Security security() {
        return security;
    }

    /**
     * All of it, for a node of that name.
     *
     * @param maxMessageBytes the largest message: a payload and a header
     * @throws IllegalStateException if choices are missing or contradict each other
     */
    TcpSettings settle(String cluster, NodeId self, int maxMessageBytes) {
        Map<NodeId, HostPort> others = new LinkedHashMap<>(peers);
        others.remove(self);
        if (listen == null && others.isEmpty()) {
            throw new IllegalStateException(
                    "neither listen nor a peer is set: the node could not be reached, nor reach anyone");
        }
        // Two, so that one can be queued while another is written.
        long queued = maxQueuedBytesPerPeer == null
                ? Math.max(DEFAULT_QUEUED_BYTES, 2L * maxMessageBytes)
                : maxQueuedBytesPerPeer;
        if (queued < maxMessageBytes) {
            throw new IllegalStateException("maxQueuedBytesPerPeer " + queued + " is below the largest message, "
                    + maxMessageBytes
                    + " (maxPayloadBytes and a header): raise it, lower maxPayloadBytes, or leave it out");
        }
        security.requireFit(others.keySet(), listen);
        return new TcpSettings(
                cluster,
                self,
                listen,
                others,
                maxMessageBytes,
                queued,
                reconnect,
                handshakeTimeout,
                keepalive,
                MAX_STRANGERS,
                maxConnections,
                security.settings(),
                provesName ? security.openKey(self, keyFiles) : null);
    }
}
