package io.coterie.rpc.internal.wire;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.error.PeerUnavailableException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.internal.util.BufferUse;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Scheduler;
import io.coterie.rpc.spi.Transport;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds messages in one buffer, and hands them to the transport, or to the node itself. */
public final class MessageSender {
    private static final Logger log = LoggerFactory.getLogger(MessageSender.class);

    private final NodeId self;
    private final Transport transport;
    private final Scheduler scheduler;
    private final Consumer<ByteBuffer> toSelf;
    private final int maxPayloadBytes;
    private final BufferUse use = new BufferUse();
    private ByteWriter message;
    private boolean sending;
    private boolean transportThrew;

    /** @param toSelf takes, in a later turn, what the node sends to itself */
    public MessageSender(
            NodeId self, Transport transport, Scheduler scheduler, int maxPayloadBytes, Consumer<ByteBuffer> toSelf) {
        this.self = self;
        this.transport = transport;
        this.scheduler = scheduler;
        this.toSelf = toSelf;
        this.maxPayloadBytes = maxPayloadBytes;
        this.message = emptyMessage();
    }

    /** Starts a message, which is to be written to what this returns. */
    public ByteWriter begin() {
        // Counts the message before, even if it was not sent: one that was too large took its
        // memory, too.
        use.note(message.size());
        if (use.shrinks()) {
            message = emptyMessage();
        }
        return message.clear();
    }

    /** A copy of the message begun last. */
    public byte[] copy() {
        return message.toByteArray();
    }

    /**
     * Sends a copy of an answer, as the answer to another request. {@code false} as of {@link
     * #send}.
     */
    public boolean sendAgain(NodeId to, byte[] answer, long correlation) {
        begin().putByte(answer[0]).putLong(correlation);
        message.putBytes(answer, message.size(), answer.length - message.size());
        return send(to);
    }

    /**
     * Sends the message begun last. Returns {@code false} if it will certainly not be delivered.
     */
    public boolean send(NodeId to) {
        return send(to, false);
    }

    /**
     * As {@link #send(NodeId)}.
     *
     * @param urgent whether it goes before what waits to be written
     */
    public boolean send(NodeId to, boolean urgent) {
        if (to.equals(self)) {
            ByteBuffer copy = ByteBuffer.wrap(message.toByteArray());
            scheduler.execute(() -> toSelf.accept(copy));
            return true;
        }
        sending = true;
        try {
            return urgent ? transport.sendUrgent(to, message.view()) : transport.send(to, message.view());
        } catch (Throwable e) {
            reportTransport("send", e);
            // Whether it was sent is unknown, so it counts as a message that may be lost.
            return true;
        } finally {
            sending = false;
        }
    }

    /** Writes what was sent to the peer now. */
    public void flush(NodeId to) {
        sending = true;
        try {
            transport.flush(to);
        } catch (Throwable e) {
            reportTransport("flush", e);
        } finally {
            sending = false;
        }
    }

    /** Whether the transport is being called right now: its events then wait for the next turn. */
    public boolean sending() {
        return sending;
    }

    private void reportTransport(String method, Throwable thrown) {
        if (!transportThrew) {
            transportThrew = true;
            log.error(
                    "{}: the transport {} threw from {}(), but it must not: calls then wait for their deadline;"
                            + " fix the transport (logged once)",
                    self,
                    transport.getClass().getName(),
                    method,
                    thrown);
        }
    }

    private ByteWriter emptyMessage() {
        return new ByteWriter(Message.MAX_HEADER_BYTES + maxPayloadBytes);
    }

    public int maxPayloadBytes() {
        return maxPayloadBytes;
    }

    /** Whether the transport reports each message that it loses. */
    public boolean reportsLoss() {
        return transport.reportsLoss();
    }

    /** Why the transport did not accept the message sent last. */
    public RpcException refusal(NodeId to) {
        try {
            return transport.refusal(to, message.size());
        } catch (Throwable e) {
            // The call has to end, and was certainly not sent.
            return new PeerUnavailableException(
                    to + " is not connected; the transport threw when it was asked why: " + e);
        }
    }
}
