package io.coterie.benchmarks.raw;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A {@link QuorumStore}'s connection to one of its {@link QuorumServer}s. */
final class QuorumLink implements AutoCloseable {
    private static final int BUFFER_BYTES = 4 << 20;

    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);

    /** Gets the number of each request that was answered. */
    interface Answered {
        void by(long number);
    }

    QuorumLink(int port, Selector selector) throws IOException {
        channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** Whether another request may be sent. */
    boolean hasRoom() {
        return out.position() < BUFFER_BYTES / 2;
    }

    /** Sends a request with the next {@link #flush}. */
    void send(byte kind, long number, QuorumMessage.Key requestKey, byte[] value) {
        QuorumMessage.putRequest(out, kind, number, requestKey, value);
    }

    /** Writes what waits, once. The rest follows when there is room for it. */
    void flush() throws IOException {
        if (out.position() > 0) {
            out.flip();
            channel.write(out);
            out.compact();
        }
        int interest = SelectionKey.OP_READ | (out.position() > 0 ? SelectionKey.OP_WRITE : 0);
        if (key.interestOps() != interest) {
            key.interestOps(interest);
        }
    }

    void read(Answered answered) throws IOException {
        if (channel.read(in) < 0) {
            throw new EOFException("a quorum server is gone");
        }
        in.flip();
        while (QuorumMessage.isWhole(in)) {
            int end = in.getInt() + in.position();
            answered.by(in.getLong());
            in.position(end);
        }
        in.compact();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
