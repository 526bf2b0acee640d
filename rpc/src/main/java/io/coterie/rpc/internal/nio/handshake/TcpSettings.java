package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a TCP transport.
 *
 * @param listen where it takes connections, or null for nowhere
 * @param peers the nodes that it dials
 * @param maxMessageBytes the largest message
 * @param maxQueuedBytes the most that waits to be written to one peer
 * @param silenceLimit a connection is given up if nothing comes for so long, not even an answer to
 *     a ping
 * @param maxUnauthenticated how many connections may have come in and not completed their handshake
 * @param maxConnections how many peers may be connected before further dialers are refused
 * @param security how connections are protected
 * @param key proves the name of this node, and makes peers prove theirs; null for none
 */
public record TcpSettings(
        String cluster,
        NodeId self,
        @Nullable HostPort listen,
        Map<NodeId, HostPort> peers,
        int maxMessageBytes,
        long maxQueuedBytes,
        RetryPolicy reconnect,
        Duration handshakeTimeout,
        Duration silenceLimit,
        int maxUnauthenticated,
        int maxConnections,
        SecuritySettings security,
        @Nullable NodeKey key) {}
