package io.coterie.benchmarks.raw;

import io.coterie.benchmarks.tested.TestedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A replica that does what every replica must, and nothing else. It parses each request, stores or
 * finds the value in a hash map, and answers. With a log, the values of each batch that it reads
 * are forced before they are acknowledged.
 */
public final class QuorumServer implements TestedServer {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final byte[] NOTHING = {};

    private final ServerSocketChannel listener;
    private final @Nullable RawLog log;
    private final Map<QuorumMessage.Key, byte[]> values = new HashMap<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);

    /**
     * Holds the answers to all gets that fit into the input. A server that its majority has left
     * behind reads as many at once.
     */
    private final ByteBuffer out = ByteBuffer.allocateDirect(8 * BUFFER_BYTES);

    private final Thread thread = new Thread(this::run, "quorum-server");

    private QuorumServer(ServerSocketChannel listener, @Nullable RawLog log) {
        this.listener = listener;
        this.log = log;
    }

    public static QuorumServer start(@Nullable RawLog log) throws IOException {
        ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        QuorumServer server = new QuorumServer(listener, log);
        server.thread.start();
        return server;
    }

    @Override
    public int port() {
        return listener.socket().getLocalPort();
    }

    /** Waits for the end of the connection, which the client closes. */
    @Override
    public void close() {
        try {
            listener.close();
            thread.join();
            if (log != null) {
                log.close();
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("a quorum server does not end", e);
        }
    }

    private void run() {
        try (SocketChannel channel = listener.accept()) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            while (channel.read(in) >= 0) {
                in.flip();
                int puts = answerAll();
                in.compact();
                if (log != null && puts > 0) {
                    log.append(puts);
                }
                out.flip();
                while (out.hasRemaining()) {
                    channel.write(out);
                }
                out.clear();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns how many of the requests were puts. */
    private int answerAll() {
        int puts = 0;
        while (QuorumMessage.isWhole(in)) {
            int length = in.getInt();
            byte kind = in.get();
            long number = in.getLong();
            QuorumMessage.Key key = QuorumMessage.Key.read(in);
            if (kind == QuorumMessage.PUT) {
                byte[] value = new byte[length - QuorumMessage.REQUEST_BYTES];
                in.get(value);
                values.put(key, value);
                QuorumMessage.putAnswer(out, number, NOTHING);
                puts++;
            } else {
                QuorumMessage.putAnswer(out, number, values.getOrDefault(key, NOTHING));
            }
        }
        return puts;
    }
}
