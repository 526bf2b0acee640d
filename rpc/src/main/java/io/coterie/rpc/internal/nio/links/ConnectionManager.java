package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.internal.nio.connection.Connection;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.connection.FrameException;
import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.internal.nio.handshake.TcpSettings;
import io.coterie.rpc.internal.nio.loop.EventLoop;
import io.coterie.rpc.internal.nio.tls.TlsException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import io.coterie.rpc.spi.Transport;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
    private final ConnectionLog connectionLog;
    private final PendingHandshakes handshakes;
    private final Keepalive keepalive;
    private final Rivals rivals;

    private final Map<NodeId, Connection> inUse = new HashMap<>();
    private final Map<NodeId, Dialer> dialers = new LinkedHashMap<>();
    private final ConnectionDrain draining = new ConnectionDrain();
    private final Set<Connection> all = new LinkedHashSet<>();
    private Transport.@Nullable Receiver receiver;

    /** The connection whose message is being delivered right now. */
    private @Nullable Connection delivering;

    ConnectionManager(TcpSettings settings, EventLoop loop, long startId) {
        this.loop = loop;
        LogOnce logOnce = new LogOnce();
        UnauthenticatedPeerLog peerLog = new UnauthenticatedPeerLog(settings.self(), loop, logOnce);
        this.connectionLog = new ConnectionLog(
                settings.self(), loop, logOnce, peerLog, settings.security().provesDialing());
        this.rivals = new Rivals(loop, this::giveUp);
        this.handshakes = new PendingHandshakes(settings, loop, startId, this, rivals, peerLog);
        this.keepalive = new Keepalive(settings.silenceLimit(), loop, all, this::giveUp);
        settings.peers().forEach(connectionLog::dialing);
    }

    void start(Transport.Receiver toTell) {
        receiver = toTell;
        keepalive.start();
    }

    void dial(Dialer dialer) {
        dialers.put(dialer.peer(), dialer);
        dialer.dial();
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

    /** Takes a connection that is being opened, or came in. */
    void add(Connection connection) throws IOException {
        handshakes.begin(connection);
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
    public void onRefused(Connection connection, NodeId dialed, Refusal refusal) {
        if (refusal.code() != Refusal.ALREADY_CONNECTED) {
            connectionLog.refused(connection, dialed, refusal);
        }
        withDialer(dialed, Dialer::onFailure);
    }

    @Override
    public void hurry(NodeId peer) {
        withDialer(peer, Dialer::hurry);
    }

    @Override
    public void onDialed(NodeId peer) {
        withDialer(peer, Dialer::onSuccess);
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
        withDialer(peer, Dialer::onConnected);
        hurryOthers(peer);
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
        NodeId dialed = connection.dialed();
        NodeId peer = connection.peer();
        if (wrongBytes) {
            connectionLog.wrongBytes(connection, reason);
        }
        if (peer == null && dialed != null) {
            withDialer(dialed, dialer -> onCannotDial(dialer, reason, wrongBytes));
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
        dialers.values().forEach(Dialer::close);
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

    /**
     * Dials the other peers, too: perhaps this node was cut off, and they can be reached again as
     * well.
     */
    private void hurryOthers(NodeId connected) {
        if (dialers.containsKey(connected)) {
            dialers.values().forEach(Dialer::hurry);
        }
    }

    private void withDialer(NodeId peer, Consumer<Dialer> what) {
        Dialer dialer = dialers.get(peer);
        if (dialer != null) {
            what.accept(dialer);
        }
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
        connectionLog.lost(peer, reason, dialers.containsKey(peer));
        withDialer(peer, Dialer::onLost);
        if (receiver != null) {
            receiver.onDisconnected(peer, reason);
        }
    }
}
