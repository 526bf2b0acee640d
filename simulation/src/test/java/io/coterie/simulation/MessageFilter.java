package io.coterie.simulation;

import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Finding;
import io.coterie.rpc.spi.Transport;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A transport that sees the messages of another, and may change them. */
class MessageFilter implements Transport {
    private final Transport real;

    MessageFilter(Transport real) {
        this.real = real;
    }

    /** The message to send instead of this one, which must not be changed. */
    ByteBuffer outgoing(NodeId to, ByteBuffer message) {
        return message;
    }

    /** The message to receive instead of this one, which may be changed. */
    ByteBuffer incoming(NodeId from, ByteBuffer message) {
        return message;
    }

    @Override
    public void start(Receiver receiver) {
        real.start(new Receiver() {
            @Override
            public void onMessage(NodeId from, ByteBuffer message) {
                receiver.onMessage(from, incoming(from, message));
            }

            @Override
            public void onConnected(NodeId peer) {
                receiver.onConnected(peer);
            }

            @Override
            public void onDisconnected(NodeId peer, String reason) {
                receiver.onDisconnected(peer, reason);
            }
        });
    }

    @Override
    public boolean send(NodeId to, ByteBuffer message) {
        return real.send(to, outgoing(to, message));
    }

    @Override
    public RpcException refusal(NodeId to, int messageBytes) {
        return real.refusal(to, messageBytes);
    }

    @Override
    public @Nullable String lastFailure(NodeId peer) {
        return real.lastFailure(peer);
    }

    @Override
    public @Nullable HostPort boundAddress() {
        return real.boundAddress();
    }

    @Override
    public int maxMessageBytes() {
        return real.maxMessageBytes();
    }

    @Override
    public void find(HostPort address, int attempt, Consumer<Finding> then) {
        real.find(address, attempt, then);
    }

    @Override
    public void removePeer(NodeId peer) {
        real.removePeer(peer);
    }

    @Override
    public void close() {
        real.close();
    }
}
