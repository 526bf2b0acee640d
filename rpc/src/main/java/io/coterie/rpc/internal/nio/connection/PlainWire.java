package io.coterie.rpc.internal.nio.connection;

import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A socket without TLS. */
public final class PlainWire implements Wire {
    /**
     * The types of the first record of TLS. As the length of a frame, they would be far above the
     * bound.
     */
    private static final byte TLS_ALERT = 21;

    private static final byte TLS_HANDSHAKE = 22;

    private final SocketChannel channel;
    private boolean begun;

    public PlainWire(SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public SocketChannel socket() {
        return channel;
    }

    @Override
    public void begin(Runnable resume) {}

    @Override
    public boolean establish() {
        return channel.isConnected();
    }

    @Override
    public int interest() {
        return SelectionKey.OP_READ;
    }

    @Override
    public boolean hasInput() {
        return false;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int start = target.position();
        int count = channel.read(target);
        if (!begun && count > 0) {
            begun = true;
            byte first = target.get(start);
            if (first == TLS_HANDSHAKE || first == TLS_ALERT) {
                ModeMismatch.report(channel);
                throw new FrameException("TLS, but this node does not speak it: " + ModeMismatch.REMEDY);
            }
        }
        return count;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return channel.write(source);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        return channel.write(sources, offset, length);
    }

    @Override
    public boolean flush() {
        return true;
    }

    @Override
    public byte @Nullable [] binding() {
        return null;
    }

    @Override
    public @Nullable Refusal objectionTo(NodeId node) {
        return null;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
