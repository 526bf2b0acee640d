package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.internal.nio.connection.Connection;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.connection.FrameException;
import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.internal.nio.handshake.PeerNames;
import io.coterie.rpc.internal.nio.handshake.TcpSettings;
import io.coterie.rpc.internal.nio.loop.EventLoop;
import io.coterie.rpc.internal.nio.tls.TlsException;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import io.coterie.rpc.spi.Finding;
import io.coterie.rpc.spi.Transport;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node's connections. It keeps one in use for each peer, and dials peers again whose connection
 * was lost.
 */
final class ConnectionManager implements Connection.Events, PeerConnections {
    private final EventLoop loop;
    private final PeerNames names;
    private final ConnectionLog connectionLog;
    private final PendingHandshakes handshakes;
    private final Keepalive keepalive;
    private final Rivals rivals;

    private final Map<NodeId, Connection> inUse = new HashMap<>();
    private final Dialers dialers = new Dialers();
    private final Searches searches = new Searches();
    private final ConnectionDrain draining = new ConnectionDrain();
    private final Set<Connection> all = new LinkedHashSet<>();
    private Transport.@Nullable Receiver receiver;

    /** The connection whose message is being delivered right now. */
    private @Nullable Connection delivering;

    ConnectionManager(TcpSettings settings, EventLoop loop, long startId) {
        this.loop = loop;
        this.names = new PeerNames(settings.peers().keySet());
        LogOnce logOnce = new LogOnce();
        UnauthenticatedPeerLog peerLog = new UnauthenticatedPeerLog(settings.self(), loop, logOnce);
        this.connectionLog = new ConnectionLog(
                settings.self(), loop, logOnce, peerLog, settings.security().provesDialing());
        this.rivals = new Rivals(loop, this::giveUp);
        this.handshakes = new PendingHandshakes(settings, loop, startId, names, this, rivals, peerLog);
        this.keepalive = new Keepalive(settings.silenceLimit(), loop, all, this::giveUp);
        settings.peers().forEach(connectionLog::dialing);
    }

    void start(Transport.Receiver toTell) {
        receiver = toTell;
        keepalive.start();
    }

    /** Dials a peer of the configuration. */
    void dial(Dialer dialer) {
        dialers.put(dialer);
        dialer.dial();
    }

    /** Where a peer is dialed, or null if it is not. */
    @Nullable
    HostPort addressOf(NodeId peer) {
        return dialers.addressOf(peer);
    }

    /**
     * Dials a peer from now on, which is new or was dialed elsewhere. A connection under its name
     * ends: it may lead to the old address, and a node that was no peer has proven less.
     */
    void setPeer(Dialer dialer) {
        NodeId peer = dialer.peer();
        names.dial(peer);
        dialers.put(dialer);
        endAll(peer, "this node dials " + peer + " at " + dialer.address() + " from now on");
        connectionLog.setPeer(peer, dialer.address());
        dialer.dial();
    }

    /** No longer dials a peer, and forgets all about it. */
    void removePeer(NodeId peer) {
        if (dialers.has(peer)) {
            names.undial(peer);
            dialers.remove(peer);
            endAll(peer, "it is no longer a peer of this node");
            handshakes.forgetKey(peer);
            connectionLog.removePeer(peer);
        }
    }

    /**
     * Sets which names are those of replicas. A connection whose other end has another role by that
     * ends: only the next handshake shows whether the node may have it.
     */
    void setReplicas(Set<NodeId> replicas) {
        for (NodeId peer : names.replicas(replicas)) {
            endEstablished(peer, "it has another role at this node from now on");
        }
    }

    private void endAll(NodeId peer, String reason) {
        for (Connection connection : List.copyOf(all)) {
            if (connection.state() == Connection.State.NEW && peer.equals(connection.dialed())) {
                discard(connection);
            }
        }
        endEstablished(peer, reason);
    }

    /** Ends what is connected under a name now, and reports the loss once. */
    private void endEstablished(NodeId peer, String reason) {
        List<Connection> ofPeer =
                all.stream().filter(each -> peer.equals(each.peer())).toList();
        Connection used = inUse.get(peer);
        if (used != null) {
            // Perhaps the answer to the very request that caused this waits.
            used.flush();
            giveUp(used, reason);
        }
        ofPeer.forEach(this::discard);
    }

    @Override
    public @Nullable Connection to(NodeId peer) {
        return inUse.get(peer);
    }

    /**
     * What the peer may do here. While one of its messages is delivered, the connection of that
     * message decides. All connections of one peer have the same role at a time.
     */
    Role role(NodeId peer) {
        Connection connection = delivering;
        if (connection == null || !peer.equals(connection.peer())) {
            connection = inUse.get(peer);
        }
        return connection == null ? Role.READER : connection.role();
    }

    @Override
    public int connected() {
        return inUse.size();
    }

    int count() {
        return all.size();
    }

    /** Why a peer that this node dials is not connected. May be called by any thread. */
    @Nullable
    String lastFailure(NodeId peer) {
        return connectionLog.lastFailure(peer);
    }

    /**
     * Takes a connection that is being opened to an address, to find out who is there.
     *
     * @param then gets what was found, once
     */
    void find(Connection connection, Consumer<Finding> then) throws IOException {
        searches.begin(connection, then);
        try {
            add(connection);
        } catch (Throwable e) {
            searches.forget(connection);
            throw e;
        }
    }

    /** Takes a connection that is being opened, or came in. */
    void add(Connection connection) throws IOException {
        handshakes.begin(connection, connection.dialed() == null && !searches.has(connection));
        all.add(connection);
        try {
            connection.register(loop);
        } catch (Throwable e) {
            discard(connection);
            throw e;
        }
    }

    @Override
    public void onHandshakeDone(Connection connection) {
        handshakes.end(connection);
    }

    /** An attempt to dial brought no connection. */
    void onCannotDial(Dialer dialer, String reason) {
        onCannotDial(dialer, reason, false);
    }

    private void onCannotDial(Dialer dialer, String reason, boolean wrongBytes) {
        connectionLog.cannotDial(dialer.peer(), reason, wrongBytes);
        dialer.onFailure();
    }

    @Override
    public void onFound(Connection connection, NodeId peer) {
        searches.found(connection, peer);
    }

    @Override
    public void onRefused(Connection connection, @Nullable NodeId dialed, Refusal refusal) {
        if (dialed == null) {
            searches.refused(connection, refusal);
            return;
        }
        if (refusal.code() != Refusal.ALREADY_CONNECTED) {
            connectionLog.refused(connection, dialed, refusal);
        }
        dialers.with(dialed, Dialer::onFailure);
    }

    @Override
    public void hurry(NodeId peer) {
        dialers.with(peer, Dialer::hurry);
    }

    @Override
    public void onDialed(NodeId peer) {
        dialers.with(peer, Dialer::onSuccess);
    }

    @Override
    public void use(Connection connection, NodeId peer, @Nullable Connection first) {
        inUse.put(peer, connection);
        if (first != null) {
            // The end that dialed the connection that stays knows now that the other end uses it.
            draining.begin(first, connection, connection.dialed() != null);
            rivals.onGone(first);
            return;
        }
        connectionLog.connected(peer, connection);
        dialers.with(peer, Dialer::onConnected);
        dialers.hurryOthers(peer);
        if (receiver != null) {
            receiver.onConnected(peer);
        }
    }

    @Override
    public void drain(Connection newcomer, Connection first) {
        draining.begin(newcomer, first, false);
    }

    @Override
    public void fail(Connection connection, String reason, boolean wrongBytes) {
        Connection.State was = connection.state();
        if (was == Connection.State.CLOSED) {
            return;
        }
        Connection successor = draining.end(connection);
        discard(connection);
        if (searches.has(connection)) {
            searches.failed(connection, reason);
            if (was == Connection.State.NEW) {
                return;
            }
        }
        NodeId dialed = connection.dialed();
        NodeId peer = connection.peer();
        if (wrongBytes) {
            connectionLog.wrongBytes(connection, reason);
        }
        if (peer == null && dialed != null) {
            dialers.with(dialed, dialer -> onCannotDial(dialer, reason, wrongBytes));
        } else if (was == Connection.State.OPEN && peer != null && inUse.remove(peer, connection)) {
            onLost(peer, reason);
        } else if (successor != null && peer != null && inUse.get(peer) == successor) {
            onPartLost(peer, reason);
        }
        rivals.onGone(connection);
    }

    private void giveUp(Connection connection, String reason) {
        fail(connection, reason, false);
    }

    @Override
    public void discard(Connection connection) {
        handshakes.end(connection);
        draining.end(connection);
        all.remove(connection);
        connection.close();
    }

    void close() {
        keepalive.close();
        dialers.close();
        searches.clear();
        handshakes.close();
        all.forEach(Connection::close);
        all.clear();
        inUse.clear();
    }

    @Override
    public void onConnected(Connection connection) {
        handshakes.onConnected(connection);
    }

    @Override
    public void onFrame(Connection connection, byte type, ByteBuffer content) throws FrameException {
        if (connection.state() == Connection.State.NEW) {
            handshakes.onFrame(connection, type, content);
            return;
        }
        NodeId peer = connection.peer();
        switch (type) {
            case Frame.MESSAGE -> deliver(connection, peer, content);
            case Frame.PING -> {
                // A peer that pings and does not read the answers would otherwise fill the memory
                // with them.
                if (connection.state() == Connection.State.OPEN && connection.hasRoomFor(0)) {
                    connection.send(Frame.PONG);
                }
            }
            case Frame.PONG -> rivals.onPong(connection);
            case Frame.GOAWAY -> onGoAway(connection);
            default -> throw new FrameException("a frame of unknown type " + type);
        }
    }

    @Override
    public void onBroken(Connection connection, IOException reason) {
        if (reason instanceof EOFException && draining.isComplete(connection)) {
            discard(connection);
            return;
        }
        boolean wrongBytes = reason instanceof FrameException || reason instanceof TlsException;
        fail(connection, ConnectionLog.describe(connection.remote(), reason), wrongBytes);
    }

    private void deliver(Connection connection, @Nullable NodeId peer, ByteBuffer content) {
        if (receiver == null || peer == null) {
            return;
        }
        delivering = connection;
        try {
            receiver.onMessage(peer, content);
        } catch (Throwable e) {
            // The frames after this one must not wait for the next byte.
            connectionLog.threw(peer, e);
        } finally {
            delivering = null;
        }
    }

    private void onGoAway(Connection connection) {
        if (connection.state() == Connection.State.OPEN) {
            // The connection that the peer uses in place of this has broken here already.
            fail(connection, "it switched to a connection that broke", false);
        } else if (draining.onGoAway(connection)) {
            discard(connection);
        }
    }

    /**
     * The peer is connected, but messages that were sent over an earlier connection may be lost.
     */
    private void onPartLost(NodeId peer, String reason) {
        connectionLog.partLost(peer, reason);
        if (receiver != null) {
            receiver.onDisconnected(peer, reason);
            receiver.onConnected(peer);
        }
    }

    private void onLost(NodeId peer, String reason) {
        connectionLog.lost(peer, reason, dialers.has(peer));
        dialers.with(peer, Dialer::onLost);
        if (receiver != null) {
            receiver.onDisconnected(peer, reason);
        }
    }
}
