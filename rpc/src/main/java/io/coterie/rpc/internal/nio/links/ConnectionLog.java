package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.internal.nio.connection.Connection;
import io.coterie.rpc.internal.nio.connection.FrameException;
import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.internal.nio.handshake.Handshake;
import io.coterie.rpc.internal.util.LogBudget;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Scheduler;
import java.net.ConnectException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes the log of a node's connections, each fact once until it changes. It also knows why a peer
 * that the node dials is not connected.
 */
final class ConnectionLog {
    private static final Logger log = LoggerFactory.getLogger(ConnectionLog.class);

    /** Lines about connections of nodes that this node does not dial. */
    static final int MAX_PER_MINUTE = 20;

    private static final String WRONG_BYTES = "wrong bytes";
    private static final String MESSAGES = "messages";

    private final NodeId self;
    private final LogOnce logOnce;
    private final UnauthenticatedPeerLog peerLog;
    private final boolean provesDialing;
    private final LogBudget comings;
    private final Map<NodeId, String> lastFailures = new ConcurrentHashMap<>();

    /** @param provesDialing whether a node that dials must prove its name */
    ConnectionLog(NodeId self, Scheduler loop, LogOnce logOnce, UnauthenticatedPeerLog peerLog, boolean provesDialing) {
        this.self = self;
        this.logOnce = logOnce;
        this.peerLog = peerLog;
        this.provesDialing = provesDialing;
        this.comings = new LogBudget(
                loop,
                MAX_PER_MINUTE,
                leftOut -> log.info(
                        "{}: {} more lines of the last minute about connections of nodes that dial it were left out",
                        self,
                        leftOut));
    }

    /** Why a peer that this node dials is not connected. May be called by any thread. */
    @Nullable
    String lastFailure(NodeId peer) {
        return lastFailures.get(peer);
    }

    /** The peer will be dialed. */
    void dialing(NodeId peer, HostPort address) {
        lastFailures.put(peer, "dialing " + address);
    }

    /** The peer is dialed at that address from now on, set while the node runs. */
    void setPeer(NodeId peer, HostPort address) {
        dialing(peer, address);
        logOnce.settle(peer.name());
        log.info("{} dials {} at {} from now on", self, peer, address);
    }

    /** The peer is no longer dialed. */
    void removePeer(NodeId peer) {
        lastFailures.remove(peer);
        logOnce.settle(peer.name());
        log.info("{} no longer dials {}", self, peer);
    }

    void cannotDial(NodeId peer, String reason, boolean wrongBytes) {
        lastFailures.put(peer, reason);
        if (logOnce.isNew(peer.name(), reason)) {
            // A peer that is away comes back by itself; a peer that sends wrong bytes does not get
            // better.
            log.atLevel(wrongBytes ? Level.WARN : Level.INFO)
                    .log("{} is not connected to {}: {}; it keeps dialing", self, peer, reason);
        }
    }

    /** A peer was reached, but one of the two ends refused the connection. */
    void refused(Connection connection, NodeId dialed, Refusal refusal) {
        String reason = "refused at " + connection.remote() + ": " + refusal.text();
        lastFailures.put(dialed, reason);
        if (refusal.code() == Refusal.KEY_NOT_KNOWN) {
            // This is normal when two nodes meet for the first time. If it stays so, the log of the
            // other says why it cannot dial this node.
            log.debug("{} is not connected to {}: {}", self, dialed, reason);
        } else if (logOnce.isNew(dialed.name(), reason)) {
            log.warn(
                    "{} is not connected to {}: {}; {}. It keeps dialing",
                    self,
                    dialed,
                    reason,
                    Handshake.remedy(refusal.code()));
        }
    }

    void connected(NodeId peer, Connection connection) {
        boolean isDialed = lastFailures.remove(peer) != null || connection.dialed() != null;
        logOnce.settle(peer.name());
        peerLog.settle(peer.name(), MESSAGES);
        if (isDialed || comings.take()) {
            log.info("{} is connected to {}", self, connection);
        }
    }

    /** @param isDialed whether this node dials the peer again */
    void lost(NodeId peer, String reason, boolean isDialed) {
        if (isDialed || comings.take()) {
            log.info("{} lost its connection to {}: {}", self, peer, reason);
        }
        if (isDialed) {
            lastFailures.put(peer, reason);
        }
    }

    /** One of two connections to the peer broke, and the other stays. */
    void partLost(NodeId peer, String reason) {
        if (comings.take()) {
            log.info("{} lost an earlier connection to {} before all of it was read: {}", self, peer, reason);
        }
    }

    /** A message of the peer made this node throw. */
    void threw(NodeId peer, Throwable error) {
        if (peerLog.isDue(peer.name(), MESSAGES)) {
            log.error(
                    "{}: a message of {} made the node throw; report this with its stack trace. Further ones are not"
                            + " logged until it connects again",
                    self,
                    peer,
                    error);
        }
    }

    void wrongBytes(Connection connection, String reason) {
        NodeId peer = connection.peer();
        if (peer == null && connection.dialed() != null) {
            // Logged with the failure to dial.
            return;
        }
        // Once for each machine, or each peer whose name is proven: garbage would cause many
        // different lines.
        if (isNewWrongBytes(connection, peer)) {
            log.warn(
                    "{} closed the connection with {}: {}. If that is not a node of this cluster, block its way to the"
                            + " port; otherwise compare security(...) at both, and check what damages bytes on the way",
                    self,
                    connection,
                    reason);
        }
    }

    private boolean isNewWrongBytes(Connection connection, @Nullable NodeId peer) {
        if (peer != null && (provesDialing || connection.dialed() != null)) {
            return peerLog.isDue(peer.name(), WRONG_BYTES);
        }
        return peerLog.isDue(connection.remoteHost(), WRONG_BYTES);
    }

    /** What went wrong with a connection, as human-readable text. */
    static String describe(String remote, Throwable reason) {
        if (reason instanceof ConnectException
                && String.valueOf(reason.getMessage()).contains("refused")) {
            return "connection refused by " + remote;
        }
        return reason instanceof FrameException
                ? remote + " sent " + reason.getMessage()
                : remote + ": " + (reason.getMessage() == null ? reason.toString() : reason.getMessage());
    }
}
