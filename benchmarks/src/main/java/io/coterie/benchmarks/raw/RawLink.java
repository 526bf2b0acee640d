package io.coterie.benchmarks.raw;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * One end of a connection that carries messages: a length, a number and content of a fixed size.
 * Messages are copied one by one, as any implementation must. All that waits leaves in one write.
 */
final class RawLink {
    private static final int HEADER_BYTES = Integer.BYTES + Long.BYTES;
    private static final int BUFFER_BYTES = 1 << 20;

    private final SocketChannel channel;
    private final byte[] contentRead;
    private final byte[] contentSent;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private long received;
    private long sent;

    /**
     * Registers the connection for reading, with the link as the key's attachment.
     *
     * @param readBytes the size of the content of an incoming message
     * @param sentBytes the size of the content of an outgoing message
     */
    RawLink(SocketChannel channel, Selector selector, int readBytes, int sentBytes) throws IOException {
        this.channel = channel;
        contentRead = new byte[readBytes];
        contentSent = new byte[sentBytes];
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** Reads once. Returns how many messages have arrived in whole. */
    int read() throws IOException {
        if (channel.read(in) < 0) {
            throw new EOFException();
        }
        in.flip();
        int messages = 0;
        while (in.remaining() >= HEADER_BYTES && in.remaining() >= in.getInt(in.position())) {
            in.getInt();
            long number = in.getLong();
            in.get(contentRead);
            if (number != received) {
                throw new IOException("message " + number + " came where " + received + " was due");
            }
            received++;
            messages++;
        }
        in.compact();
        return messages;
    }

    /** How many messages have come so far. */
    long received() {
        return received;
    }

    /**
     * Sends so many messages with the next {@link #flush}. At most a buffer full may wait for it.
     */
    void send(int messages) {
        for (int i = 0; i < messages; i++) {
            out.putInt(HEADER_BYTES + contentSent.length).putLong(sent++).put(contentSent);
        }
    }

    /** Writes once, if there is something to write. Returns whether nothing is left. */
    boolean flush() throws IOException {
        if (out.position() == 0) {
            return true;
        }
        out.flip();
        channel.write(out);
        out.compact();
        return out.position() == 0;
    }
}
