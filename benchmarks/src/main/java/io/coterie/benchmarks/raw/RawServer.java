package io.coterie.benchmarks.raw;

import io.coterie.benchmarks.tested.TestedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Answers each message of one connection with a message, on a thread with a selector: the best that
 * a server could do that had nothing else to do. With a log, the requests of each turn are forced
 * to it before they are answered.
 */
public final class RawServer implements TestedServer {
    private final ServerSocketChannel listener;
    private final int requestBytes;
    private final int answerBytes;
    private final @Nullable RawLog log;
    private final Idle idle;
    private final Thread thread;

    private RawServer(
            ServerSocketChannel listener, int requestBytes, int answerBytes, @Nullable RawLog log, Idle idle) {
        this.listener = listener;
        this.requestBytes = requestBytes;
        this.answerBytes = answerBytes;
        this.log = log;
        this.idle = idle;
        this.thread = new Thread(this::run, "raw-server");
    }

    public static RawServer start(int requestBytes, int answerBytes, @Nullable RawLog log, Idle idle) {
        try {
            ServerSocketChannel listener =
                    ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            RawServer server = new RawServer(listener, requestBytes, answerBytes, log, idle);
            server.thread.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
            throw new IllegalStateException("a raw server does not end", e);
        }
    }

    private void run() {
        try (SocketChannel channel = listener.accept();
                Selector selector = Selector.open()) {
            serve(new RawLink(channel, selector, requestBytes, answerBytes), selector);
        } catch (IOException e) {
            // The client is gone.
            return;
        }
    }

    private void serve(RawLink link, Selector selector) throws IOException {
        while (true) {
            if (link.flush()) {
                idle.await(selector);
            } else {
                selector.selectNow();
            }
            selector.selectedKeys().clear();
            int requests = link.read();
            if (log != null && requests > 0) {
                log.append(requests);
            }
            link.send(requests);
        }
    }
}
