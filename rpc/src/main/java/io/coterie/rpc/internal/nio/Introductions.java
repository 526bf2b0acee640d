package io.coterie.rpc.internal.nio;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.Scheduler;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Brings new connections through the handshake, each within a time, and only so many of strangers at once. */
final class Introductions {
    private final TcpSettings settings;
    private final EventLoop loop;
    private final Handshake handshake;
    private final Links links;
    private final Complaints complaints;
    private final Map<Connection, Introduction> underWay = new LinkedHashMap<>();
    private int strangers;

    Introductions(TcpSettings settings, EventLoop loop, long startId, Links links, Complaints complaints) {
        this.settings = settings;
        this.loop = loop;
        this.handshake = new Handshake(settings, startId);
        this.links = links;
        this.complaints = complaints;
    }

    /** Takes a connection that is being opened, or came in. */
    void begin(Connection connection) {
        NodeId dialed = connection.dialed();
        if (dialed == null && ++strangers > settings.maxStrangers()) {
            evictOldestStranger();
        }
        Scheduler.Timer timeout = loop.schedule(settings.handshakeTimeout().toNanos(), () -> onTimeout(connection));
        underWay.put(
                connection,
                dialed == null
                        ? new IncomingIntroduction(connection, handshake, links, timeout, complaints)
                        : new OutgoingIntroduction(connection, dialed, handshake, links, timeout));
    }

    void onConnected(Connection connection) {
        Introduction introduction = underWay.get(connection);
        if (introduction != null) {
            introduction.onConnected();
        }
    }

    void onFrame(Connection connection, byte type, ByteBuffer content) throws FrameException {
        Introduction introduction = underWay.get(connection);
        if (introduction != null) {
            introduction.onFrame(type, content);
        }
    }

    /** The connection is through, or it is over: it counts no more. */
    void end(Connection connection) {
        Introduction introduction = underWay.remove(connection);
        if (introduction != null) {
            introduction.cancelTimeout();
            if (connection.dialed() == null) {
                strangers--;
            }
        }
    }

    void close() {
        underWay.values().forEach(Introduction::cancelTimeout);
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
