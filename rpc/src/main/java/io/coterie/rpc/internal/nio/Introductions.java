package io.coterie.rpc.internal.nio;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.Scheduler;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings new connections through the handshake, each within a time, and only so many of strangers at once. */
final class Introductions {
    private static final Logger log = LoggerFactory.getLogger(Introductions.class);

    private final TcpSettings settings;
    private final NodeId self;
    private final EventLoop loop;
    private final Handshake handshake;
    private final Links links;
    private final Complaints complaints;
    private final Map<Connection, Scheduler.Timer> underWay = new LinkedHashMap<>();
    private int strangers;

    Introductions(TcpSettings settings, EventLoop loop, long startId, Links links, Complaints complaints) {
        this.settings = settings;
        this.self = settings.self();
        this.loop = loop;
        this.handshake = new Handshake(settings.cluster(), self, startId, settings.maxMessageBytes());
        this.links = links;
        this.complaints = complaints;
    }

    /** Takes a connection that is being opened, or came in. */
    void begin(Connection connection) {
        if (connection.dialed() == null && ++strangers > settings.maxStrangers()) {
            evictOldestStranger();
        }
        underWay.put(connection, loop.schedule(settings.handshakeTimeout().toNanos(), () -> onTimeout(connection)));
    }

    void onConnected(Connection connection) {
        NodeId expected = connection.dialed();
        if (expected != null) {
            connection.send(Frame.HELLO, handshake.hello(expected)::writeTo);
        }
    }

    void onFrame(Connection connection, byte type, ByteBuffer content) throws FrameException {
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

    /** The connection is through, or it is over: it counts no more. */
    void end(Connection connection) {
        Scheduler.Timer timeout = underWay.remove(connection);
        if (timeout != null) {
            timeout.cancel();
            if (connection.dialed() == null) {
                strangers--;
            }
        }
    }

    void close() {
        underWay.values().forEach(Scheduler.Timer::cancel);
    }

    private void onHello(Connection connection, Hello hello) {
        Refusal refusal = handshake.judge(hello);
        NodeId peer = hello.node();
        if (refusal == null) {
            refusal = connection.objectionTo(peer);
        }
        Connection first = links.to(peer);
        Settlement settlement = null;
        if (refusal == null && first != null) {
            settlement = Settlement.ofDialed(self, peer, first.peerStart() == hello.startId(), first.dialed() == null);
            refusal = refusalOf(settlement, peer, first);
        }
        if (refusal != null) {
            refuse(connection, hello, refusal);
            return;
        }
        end(connection);
        connection.send(Frame.WELCOME, handshake.welcome(hello)::writeTo);
        connection.open(peer, hello.startId(), hello.maxMessageBytes(), settings.maxMessageBytes());
        if (first != null && settlement == Settlement.DROP_FIRST) {
            links.fail(first, "it dialed again", false);
            first = null;
        }
        links.use(connection, peer, first, false);
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
        links.discard(connection);
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
        Connection first = links.to(expected);
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
        end(connection);
        connection.open(expected, welcome.startId(), welcome.maxMessageBytes(), settings.maxMessageBytes());
        links.onDialed(expected);
        if (settlement == Settlement.DRAIN_NEWCOMER) {
            connection.drain(false);
        } else {
            links.use(connection, expected, first, true);
        }
    }

    private void onRefusal(Connection connection, NodeId expected, Refusal refusal) {
        links.discard(connection);
        links.onRefused(connection, expected, refusal);
    }

    private void onTimeout(Connection connection) {
        String within = " within " + settings.handshakeTimeout().toMillis() + " ms";
        links.fail(connection, connection.remote() + " has not " + connection.missing() + within, true);
    }

    private void evictOldestStranger() {
        for (Connection connection : underWay.keySet()) {
            if (connection.dialed() == null) {
                // The oldest: one that means well is done within milliseconds.
                links.fail(connection, "more than " + settings.maxStrangers() + " connections that say nothing", true);
                return;
            }
        }
    }
}
