package io.coterie.replication.internal.quorum;

import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Finding;
import io.coterie.rpc.spi.Transport;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** A transport over another, for tests that look at what is sent. */
class WatchedTransport implements Transport {
    private final Transport real;

    WatchedTransport(Transport real) {
        this.real = real;
    }

    @Override
    public final void start(Receiver receiver) {
        real.start(receiver);
    }

    @Override
    public boolean send(NodeId to, ByteBuffer message) {
        return real.send(to, message);
    }

    @Override
    public final int maxMessageBytes() {
        return real.maxMessageBytes();
    }

    @Override
    public void find(HostPort address, int attempt, Consumer<Finding> then) {
        real.find(address, attempt, then);
    }

    @Override
    public final void removePeer(NodeId peer) {
        real.removePeer(peer);
    }

    @Override
    public final void close() {
        real.close();
    }
}
