package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.internal.nio.connection.Connection;
import io.coterie.rpc.internal.nio.connection.FrameException;
import io.coterie.rpc.internal.nio.handshake.Handshake;
import io.coterie.rpc.internal.nio.handshake.KnownKeys;
import io.coterie.rpc.internal.nio.handshake.PeerNames;
import io.coterie.rpc.internal.nio.handshake.TcpSettings;
import io.coterie.rpc.internal.nio.loop.EventLoop;
import io.coterie.rpc.internal.settings.Durations;
import io.coterie.rpc.internal.util.Nanos;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Scheduler;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The handshakes of new connections. Each has a timeout, and the number of those with
 * unauthenticated peers is bounded.
 */
final class PendingHandshakes {
    private final TcpSettings settings;
    private final EventLoop loop;
    private final Handshake handshake;
    private final PeerConnections connections;
    private final Rivals rivals;
    private final UnauthenticatedPeerLog peerLog;
    private final Map<Connection, HandshakeSession> inProgress = new LinkedHashMap<>();

    /** The connections that came in, by their machine; in both, the oldest is first. */
    private final Map<String, Set<Connection>> unauthenticated = new LinkedHashMap<>();

    private int unauthenticatedCount;

    PendingHandshakes(
            TcpSettings settings,
            EventLoop loop,
            long startId,
            PeerNames names,
            PeerConnections connections,
            Rivals rivals,
            UnauthenticatedPeerLog peerLog) {
        this.settings = settings;
        this.loop = loop;
        this.handshake = new Handshake(settings, startId, names, new KnownKeys(settings, names, loop));
        this.connections = connections;
        this.rivals = rivals;
        this.peerLog = peerLog;
    }

    /**
     * Begins the handshake of a connection that is being opened, or came in.
     *
     * @param came whether the other end dialed
     */
    void begin(Connection connection, boolean came) {
        if (came) {
            addUnauthenticated(connection);
        }
        Scheduler.Timer timeout = loop.schedule(Nanos.of(settings.handshakeTimeout()), () -> onTimeout(connection));
        inProgress.put(
                connection,
                came
                        ? new AcceptorHandshake(connection, handshake, connections, rivals, timeout, peerLog)
                        : new DialerHandshake(connection, connection.dialed(), handshake, connections, timeout));
    }

    void onConnected(Connection connection) {
        HandshakeSession session = inProgress.get(connection);
        if (session != null) {
            session.onConnected();
        }
    }

    void onFrame(Connection connection, byte type, ByteBuffer content) throws FrameException {
        HandshakeSession session = inProgress.get(connection);
        if (session != null) {
            session.onFrame(type, content);
        }
    }

    /** The handshake of the connection has succeeded, or the connection is closed. */
    void end(Connection connection) {
        HandshakeSession session = inProgress.remove(connection);
        if (session != null) {
            session.end();
            removeUnauthenticated(connection);
        }
    }

    /** Forgets the key of a node that is no longer a peer. */
    void forgetKey(NodeId peer) {
        handshake.keys().forget(peer);
    }

    void close() {
        inProgress.values().forEach(HandshakeSession::end);
        handshake.keys().close();
    }

    private void onTimeout(Connection connection) {
        HandshakeSession session = inProgress.get(connection);
        if (session != null) {
            session.onTimeout(" within " + Durations.text(settings.handshakeTimeout()));
        }
    }

    private void addUnauthenticated(Connection connection) {
        unauthenticated
                .computeIfAbsent(connection.remoteHost(), host -> new LinkedHashSet<>())
                .add(connection);
        unauthenticatedCount++;
        if (unauthenticatedCount > settings.maxUnauthenticated()) {
            evictUnauthenticated();
        }
    }

    private void removeUnauthenticated(Connection connection) {
        Set<Connection> ofHost = unauthenticated.get(connection.remoteHost());
        if (ofHost != null && ofHost.remove(connection)) {
            unauthenticatedCount--;
            if (ofHost.isEmpty()) {
                unauthenticated.remove(connection.remoteHost());
            }
        }
    }

    /**
     * Evicts an unauthenticated peer of the machine that has the most, so that a machine that
     * floods the port does not evict the others.
     */
    private void evictUnauthenticated() {
        Set<Connection> most = Set.of();
        for (Set<Connection> ofHost : unauthenticated.values()) {
            if (ofHost.size() > most.size()) {
                most = ofHost;
            }
        }
        // The oldest, because an honest one completes its handshake within milliseconds.
        Connection oldest = most.iterator().next();
        connections.fail(
                oldest,
                "more than " + settings.maxUnauthenticated() + " connections have not proven who they are",
                true);
    }
}
