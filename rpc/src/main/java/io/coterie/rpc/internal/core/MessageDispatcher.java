package io.coterie.rpc.internal.core;

import io.coterie.rpc.PeerListener;
import io.coterie.rpc.internal.client.Caller;
import io.coterie.rpc.internal.events.FlightEvents;
import io.coterie.rpc.internal.server.Server;
import io.coterie.rpc.internal.util.LogBudget;
import io.coterie.rpc.internal.wire.Message;
import io.coterie.rpc.internal.wire.MessageSender;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Scheduler;
import io.coterie.rpc.spi.Transport;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes messages from any thread, brings them to the loop, and hands each to the calling or the
 * serving side.
 */
final class MessageDispatcher implements Transport.Receiver {
    private static final Logger log = LoggerFactory.getLogger(MessageDispatcher.class);

    /** Bounds how many peers are remembered that sent messages which cannot be read. */
    private static final int MAX_REPORTED = 1000;

    private static final int MAX_WARNINGS_PER_MINUTE = 10;

    private final NodeId self;
    private final Scheduler scheduler;
    private final MessageSender sender;
    private final Caller caller;
    private final Server server;
    private final Set<NodeId> connected;
    private final Set<NodeId> reported = new HashSet<>();
    private final List<PeerListener> listeners = new CopyOnWriteArrayList<>();
    private final Set<PeerListener> faulty = new HashSet<>();
    private final LogBudget warnings;
    private boolean closed;

    /** @param connected the peers that the transport reports as connected; read by any thread */
    MessageDispatcher(
            NodeId self,
            Scheduler scheduler,
            MessageSender sender,
            Caller caller,
            Server server,
            Set<NodeId> connected) {
        this.self = self;
        this.scheduler = scheduler;
        this.sender = sender;
        this.caller = caller;
        this.server = server;
        this.connected = connected;
        this.warnings = new LogBudget(
                scheduler,
                MAX_WARNINGS_PER_MINUTE,
                leftOut -> log.warn(
                        "{}: in the last minute, {} more nodes sent messages that cannot be read; check their versions",
                        self,
                        leftOut));
    }

    void add(PeerListener listener) {
        listeners.add(listener);
    }

    /** Notifies the listeners while messages can still be sent. */
    void closing() {
        notifyListeners(PeerListener::onClosing);
    }

    void close() {
        closed = true;
        connected.clear();
    }

    @Override
    public void onMessage(NodeId from, ByteBuffer message) {
        if (mustWait()) {
            ByteBuffer copy =
                    ByteBuffer.allocate(message.remaining()).put(message).flip();
            scheduler.execute(() -> receive(from, copy));
        } else {
            receive(from, message);
        }
    }

    @Override
    public void onConnected(NodeId peer) {
        inTurn(() -> {
            connected.add(peer);
            FlightEvents.opened(peer);
            notifyListeners(listener -> listener.onConnected(peer));
        });
    }

    @Override
    public void onDisconnected(NodeId peer, String reason) {
        inTurn(() -> {
            connected.remove(peer);
            FlightEvents.lost(peer, reason);
            server.onDisconnected(peer);
            caller.onDisconnected(peer, reason);
            notifyListeners(listener -> listener.onDisconnected(peer, reason));
        });
    }

    /** Takes a message on the loop. */
    void dispatch(NodeId from, ByteBuffer message) {
        if (closed) {
            return;
        }
        try {
            byte kind = message.get();
            switch (kind) {
                case Message.REQUEST ->
                    server.onRequest(
                            from, message.getLong(), message.getInt(), message.getInt(), message.getLong(), message);
                case Message.REPLY -> caller.onReply(from, message.getLong(), message);
                case Message.FAILURE -> caller.onFailure(from, message.getLong(), message);
                case Message.TELL -> server.onTell(from, message.getInt(), message.getInt(), message);
                case Message.CANCEL -> server.onCancel(from, message.getLong());
                case Message.REQUEST_ONCE ->
                    server.onRequestOnce(
                            from, message.getLong(), message.getInt(), message.getInt(), message.getLong(), message);
                default -> reportMalformed(from, "kind " + kind);
            }
        } catch (BufferUnderflowException e) {
            reportMalformed(from, "it ends too early");
        }
    }

    private void receive(NodeId from, ByteBuffer message) {
        if (!closed) {
            arrived(from);
            dispatch(from, message);
        }
    }

    private boolean mustWait() {
        return !scheduler.inLoop() || sender.sending();
    }

    private void inTurn(Runnable event) {
        Runnable unlessClosed = () -> {
            if (!closed) {
                event.run();
            }
        };
        if (mustWait()) {
            scheduler.execute(unlessClosed);
        } else {
            unlessClosed.run();
        }
    }

    /** Called for each message, so it allocates no lambda and no iterator. */
    private void arrived(NodeId from) {
        List<PeerListener> all = listeners;
        for (int i = 0; i < all.size(); i++) {
            try {
                all.get(i).onArrival(from);
            } catch (Throwable e) {
                report(all.get(i), e);
            }
        }
    }

    private void notifyListeners(Consumer<PeerListener> event) {
        for (PeerListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (Throwable e) {
                report(listener, e);
            }
        }
    }

    private void report(PeerListener listener, Throwable error) {
        if (faulty.add(listener)) {
            log.error(
                    "{}: a peer listener threw, but it must not: fix {} (logged once)",
                    self,
                    listener.getClass(),
                    error);
        }
    }

    private void reportMalformed(NodeId from, String what) {
        if (reported.size() < MAX_REPORTED && reported.add(from) && warnings.take()) {
            log.warn(
                    "{}: {} sent a message that cannot be read ({}), and it was dropped. Check that {} runs a compatible"
                            + " version of this library (logged once)",
                    self,
                    from,
                    what,
                    from);
        }
    }
}
