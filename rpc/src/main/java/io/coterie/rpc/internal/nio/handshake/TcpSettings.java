package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.HostPort;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.RetryPolicy;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a TCP transport is told.
 *
 * @param listen where it takes connections, or null for nowhere
 * @param peers whom it dials
 * @param maxMessageBytes the largest message
 * @param maxQueuedBytes the most that waits to be written to one peer
 * @param silenceLimit a connection on which nothing is heard for so long, not even an answer to a ping, is given up
 * @param maxStrangers how many connections there may be that came in and have not said yet who they are
 * @param maxConnections past how many connected peers no further node that dials this one is taken
 * @param security how connections are protected
 * @param key by which this node proves its name, and has peers prove theirs; null for none
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
        int maxStrangers,
        int maxConnections,
        SecuritySettings security,
        @Nullable NodeKey key) {}
