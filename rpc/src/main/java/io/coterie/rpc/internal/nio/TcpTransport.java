package io.coterie.rpc.internal.nio;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.Transport;
import java.nio.ByteBuffer;

/** TCP. */
public final class TcpTransport implements Transport {
    private final TcpSettings settings;

    /** A transport on a loop. */
    public TcpTransport(TcpSettings settings, EventLoop loop) {
        this.settings = settings;
    }

    @Override
    public void start(Receiver receiver) {
        throw new UnsupportedOperationException("TCP comes with the next change");
    }

    @Override
    public boolean send(NodeId to, ByteBuffer message) {
        return false;
    }

    @Override
    public int maxMessageBytes() {
        return settings.maxMessageBytes();
    }

    @Override
    public void close() {}
}
