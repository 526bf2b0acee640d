package io.coterie.rpc.internal.nio;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.Scheduler;
import io.coterie.rpc.Transport;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node's connections: brings each through its handshake, and keeps one in use for each peer. */
final class Links implements Connection.Events {
    private static final Logger log = LoggerFactory.getLogger(Links.class);

    private final TcpSettings settings;
    private final NodeId self;
    private final EventLoop loop;
    private final Handshake handshake;
    private final Complaints complaints = new Complaints();

    private final Map<NodeId, Connection> inUse = new HashMap<>();
    private final Map<NodeId, Dialer> dialers = new LinkedHashMap<>();
    private final Set<Connection> all = new LinkedHashSet<>();
    private final Map<Connection, Scheduler.Timer> shaking = new LinkedHashMap<>();
    private final Map<NodeId, String> lastFailures = new ConcurrentHashMap<>();
    private Transport.@Nullable Receiver receiver;
    private int strangers;
    private long lastLifeCheck = System.nanoTime();

    Links(TcpSettings settings, EventLoop loop, long startId) {
        this.settings = settings;
        this.self = settings.self();
        this.loop = loop;
        this.handshake = new Handshake(settings.cluster(), self, startId, settings.maxMessageBytes());
        settings.peers().forEach((peer, address) -> lastFailures.put(peer, "dialing " + address));
    }

    void start(Transport.Receiver toTell) {
        receiver = toTell;
    }

    void dial(Dialer dialer) {
        dialers.put(dialer.peer(), dialer);
        dialer.dial();
    }

    /** The connection in use for a peer, or null. */
    @Nullable
    Connection to(NodeId peer) {
        return inUse.get(peer);
    }

    int count() {
        return all.size();
    }

    /** Why a peer that this node dials is not connected. Safe for use by any thread. */
    @Nullable
    String lastFailure(NodeId peer) {
        return lastFailures.get(peer);
    }

    /** Takes a connection that is being opened, or came in. */
    void add(Connection connection) throws IOException {
        if (connection.dialed() == null && ++strangers > settings.maxStrangers()) {
            evictOldestStranger();
        }
        all.add(connection);
        shaking.put(
                connection, loop.schedule(settings.handshakeTimeout().toNanos(), () -> onHandshakeTimeout(connection)));
        try {
            connection.register(loop);
        } catch (IOException e) {
            endHandshake(connection);
            discard(connection);
            throw e;
        }
    }

    /** An attempt to dial brought no connection. */
    void onCannotDial(Dialer dialer, String reason) {
        NodeId peer = dialer.peer();
        lastFailures.put(peer, reason);
        if (complaints.isNew(peer.name(), reason)) {
            log.info("{} is not connected to {}: {}; it is dialed until it is there", self, peer, reason);
        }
        dialer.onFailure();
    }

    /** Pings those that are silent, and gives up those that stay silent. */
    void checkLife() {
        long now = System.nanoTime();
        long limit = settings.silenceLimit().toNanos();
        boolean late = now - lastLifeCheck > limit / 2;
        lastLifeCheck = now;
        if (late) {
            // This process stood still. What the others sent meanwhile may not have been read yet.
            return;
        }
        for (Connection connection : List.copyOf(all)) {
            long silent = now - connection.lastHeard();
            if (connection.state() != Connection.State.NEW && silent > limit) {
                fail(connection, "nothing heard of it for " + TimeUnit.NANOSECONDS.toMillis(silent) + " ms", false);
            } else if (connection.state() == Connection.State.OPEN && silent > limit / 3) {
                connection.send(Frame.PING);
            }
        }
    }

    void close() {
        dialers.values().forEach(Dialer::close);
        shaking.values().forEach(Scheduler.Timer::cancel);
        all.forEach(Connection::close);
        all.clear();
        inUse.clear();
    }

    @Override
    public void onConnected(Connection connection) {
        NodeId expected = connection.dialed();
        if (expected != null) {
            connection.send(Frame.HELLO, handshake.hello(expected)::writeTo);
        }
    }

    @Override
    public void onFrame(Connection connection, byte type, ByteBuffer content) throws FrameException {
        if (connection.state() == Connection.State.NEW) {
            onHandshakeFrame(connection, type, content);
            return;
        }
        NodeId peer = connection.peer();
        switch (type) {
            case Frame.MESSAGE -> deliver(peer, content);
            case Frame.PING -> {
                if (connection.state() == Connection.State.OPEN) {
                    connection.send(Frame.PONG);
                }
            }
            case Frame.PONG -> {}
            default -> throw new FrameException("a frame of unknown type " + type);
        }
    }

    @Override
    public void onBroken(Connection connection, IOException reason) {
        fail(connection, describe(connection.remote(), reason), reason instanceof FrameException);
    }

    /** What went wrong with an address, for people. */
    static String describe(String remote, Exception reason) {
        if (reason instanceof ConnectException
                && String.valueOf(reason.getMessage()).contains("refused")) {
            return "connection refused by " + remote;
        }
        return reason instanceof FrameException
                ? remote + " sent " + reason.getMessage()
                : remote + ": " + (reason.getMessage() == null ? reason.toString() : reason.getMessage());
    }

    private void onHandshakeFrame(Connection connection, byte type, ByteBuffer content) throws FrameException {
        NodeId expected = connection.dialed();
        if (expected == null && type == Frame.HELLO) {
            onHello(connection, Hello.read(content));
        } else if (expected != null && type == Frame.WELCOME) {
            onWelcome(connection, expected, Welcome.read(content));
        } else if (expected != null && type == Frame.REFUSAL) {
            onRefusal(connection, expected, Refusal.read(content));
        } else {
            throw new FrameException("a frame of type " + type + " in place of the handshake");
        }
    }

    private void onHello(Connection connection, Hello hello) {
        Refusal refusal = handshake.judge(hello);
        NodeId peer = hello.node();
        Connection first = inUse.get(peer);
        Settlement settlement = null;
        if (refusal == null && first != null) {
            settlement = Settlement.ofDialed(self, peer, first.peerStart() == hello.startId(), first.dialed() == null);
            refusal = refusalOf(settlement, peer, first);
        }
        if (refusal != null) {
            refuse(connection, hello, refusal);
            return;
        }
        endHandshake(connection);
        connection.send(Frame.WELCOME, handshake.welcome(hello)::writeTo);
        connection.open(peer, hello.startId(), hello.maxMessageBytes(), settings.maxMessageBytes());
        if (first != null && settlement == Settlement.DROP_FIRST) {
            fail(first, "it dialed again", false);
            first = null;
        }
        use(connection, peer, first, false);
    }

    private static @Nullable Refusal refusalOf(Settlement settlement, NodeId peer, Connection first) {
        return switch (settlement) {
            case KEEP_FIRST -> new Refusal(Refusal.ALREADY_CONNECTED, "connected already");
            case NAME_TAKEN -> {
                // If it is dead, its silence or the answer of its machine will soon show it.
                first.send(Frame.PING);
                yield Handshake.nameTaken(peer, first.remote());
            }
            default -> null;
        };
    }

    private void refuse(Connection connection, Hello hello, Refusal refusal) {
        connection.send(Frame.REFUSAL, refusal::writeTo);
        connection.flush();
        endHandshake(connection);
        discard(connection);
        if (refusal.code() != Refusal.ALREADY_CONNECTED
                && complaints.isNew(hello.node().name(), refusal.text())) {
            log.warn(
                    "{} refused '{}' of cluster '{}' at {}, and told it: {}; {}",
                    self,
                    hello.node(),
                    hello.cluster(),
                    connection.remote(),
                    refusal.text(),
                    Handshake.remedy(refusal.code()));
        }
    }

    private void onWelcome(Connection connection, NodeId expected, Welcome welcome) {
        Refusal refusal = handshake.judge(welcome, expected);
        Connection first = inUse.get(expected);
        Settlement settlement = null;
        if (refusal == null && first != null) {
            settlement = Settlement.ofDialing(self, expected, first.peerStart() == welcome.startId());
            if (settlement == Settlement.NAME_TAKEN) {
                refusal = Handshake.nameTaken(expected, first.remote());
            }
        }
        if (refusal != null) {
            onRefusal(connection, expected, refusal);
            return;
        }
        endHandshake(connection);
        connection.open(expected, welcome.startId(), welcome.maxMessageBytes(), settings.maxMessageBytes());
        succeed(expected);
        if (settlement == Settlement.DRAIN_NEWCOMER) {
            connection.drain(false);
        } else {
            use(connection, expected, first, true);
        }
    }

    private void onRefusal(Connection connection, NodeId expected, Refusal refusal) {
        endHandshake(connection);
        discard(connection);
        if (refusal.code() != Refusal.ALREADY_CONNECTED) {
            String reason = "refused at " + connection.remote() + ": " + refusal.text();
            lastFailures.put(expected, reason);
            if (complaints.isNew(expected.name(), reason)) {
                log.warn(
                        "{} is not connected to {}: {}; {}. It is dialed until then",
                        self,
                        expected,
                        reason,
                        Handshake.remedy(refusal.code()));
            }
        }
        Dialer dialer = dialers.get(expected);
        if (dialer != null) {
            dialer.onFailure();
        }
    }

    private void onHandshakeTimeout(Connection connection) {
        String within = " within " + settings.handshakeTimeout().toMillis() + " ms";
        fail(connection, connection.remote() + " has not said who it is" + within, true);
    }

    /** Sends over a connection from now on. The first one, if there is one, is read to its end. */
    private void use(Connection connection, NodeId peer, @Nullable Connection first, boolean hangUpFirst) {
        inUse.put(peer, connection);
        if (first != null) {
            first.drain(hangUpFirst);
            return;
        }
        lastFailures.remove(peer);
        complaints.settle(peer.name());
        log.info("{} is connected to {}", self, connection);
        Dialer dialer = dialers.get(peer);
        if (dialer != null) {
            dialer.onConnected();
        }
        if (receiver != null) {
            receiver.onConnected(peer);
        }
    }

    private void succeed(NodeId dialed) {
        Dialer dialer = dialers.get(dialed);
        if (dialer != null) {
            dialer.onSuccess();
        }
    }

    private void deliver(@Nullable NodeId peer, ByteBuffer content) {
        if (receiver == null || peer == null) {
            return;
        }
        try {
            receiver.onMessage(peer, content);
        } catch (Throwable e) {
            // The frames after this one must not wait for the next byte that comes.
            log.error("{}: a message of {} made the node throw; report this with its stack trace", self, peer, e);
        }
    }

    /** Ends a connection for a reason that is not this end's wish. */
    private void fail(Connection connection, String reason, boolean wrongBytes) {
        Connection.State was = connection.state();
        if (was == Connection.State.CLOSED) {
            return;
        }
        endHandshake(connection);
        discard(connection);
        NodeId dialed = connection.dialed();
        NodeId peer = connection.peer();
        if (wrongBytes) {
            reportWrongBytes(connection, reason);
        }
        if (peer == null && dialed != null) {
            Dialer dialer = dialers.get(dialed);
            if (dialer != null) {
                onCannotDial(dialer, reason);
            }
        } else if (was == Connection.State.OPEN && peer != null && inUse.remove(peer, connection)) {
            onLost(peer, reason);
        }
    }

    private void reportWrongBytes(Connection connection, String reason) {
        NodeId peer = connection.peer();
        if (peer == null && connection.dialed() != null) {
            // Told with the failure to dial.
            return;
        }
        // Numbers apart, which garbage has many of: once for each machine, or each peer.
        if (complaints.isNew((peer == null ? hostOf(connection) : peer.name()) + " wrong bytes", "")) {
            log.warn(
                    "{} closed the connection with {}: {}. If that is no node of this cluster, keep it away from the port;"
                            + " else look for what damages its bytes",
                    self,
                    connection,
                    reason);
        }
    }

    private void onLost(NodeId peer, String reason) {
        log.info("{} lost its connection to {}: {}", self, peer, reason);
        Dialer dialer = dialers.get(peer);
        if (dialer != null) {
            lastFailures.put(peer, reason);
            dialer.onLost();
        }
        if (receiver != null) {
            receiver.onDisconnected(peer, reason);
        }
    }

    private void evictOldestStranger() {
        for (Connection connection : shaking.keySet()) {
            if (connection.dialed() == null) {
                // The oldest: one that means well is done within milliseconds.
                fail(connection, "more than " + settings.maxStrangers() + " connections that say nothing", true);
                return;
            }
        }
    }

    private void endHandshake(Connection connection) {
        Scheduler.Timer timeout = shaking.remove(connection);
        if (timeout != null) {
            timeout.cancel();
            if (connection.dialed() == null) {
                strangers--;
            }
        }
    }

    private void discard(Connection connection) {
        all.remove(connection);
        connection.close();
    }

    private static String hostOf(Connection connection) {
        String remote = connection.remote();
        return remote.substring(0, remote.lastIndexOf(':'));
    }
}
