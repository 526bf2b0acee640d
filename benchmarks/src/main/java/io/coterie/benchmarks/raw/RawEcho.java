package io.coterie.benchmarks.raw;

import io.coterie.benchmarks.harness.Load;
import io.coterie.benchmarks.harness.Progress;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The limit of a call: messages to a {@link RawServer} and back over one connection. Each side is a
 * thread with a selector that does nothing but read and write. Each answer sends the next request.
 */
public final class RawEcho implements Load, Closeable {
    private final int inFlight;
    private final Idle idle;
    private final SocketChannel channel;
    private final Selector selector;
    private final RawLink link;
    private volatile boolean running;
    private @Nullable Thread thread;

    public RawEcho(int port, int bytes, int inFlight, Idle idle) throws IOException {
        this.inFlight = inFlight;
        this.idle = idle;
        channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        selector = Selector.open();
        link = new RawLink(channel, selector, bytes, bytes);
    }

    @Override
    public void start(Progress progress) {
        running = true;
        thread = new Thread(() -> run(progress), "raw-client");
        thread.start();
    }

    @Override
    public void stop() {
        running = false;
        try {
            if (thread != null) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while the last messages come back", e);
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }

    private void run(Progress progress) {
        try {
            exchange(progress);
        } catch (IOException e) {
            progress.failed(e);
        }
    }

    private void exchange(Progress progress) throws IOException {
        int unanswered = inFlight;
        long ended = 0;
        link.send(inFlight);
        while (unanswered > 0) {
            if (link.flush()) {
                idle.await(selector);
            } else {
                selector.selectNow();
            }
            selector.selectedKeys().clear();
            int answers = link.read();
            // Messages keep their order: every inFlight-th one answers the one marked before.
            if (ended / inFlight != (ended + answers) / inFlight) {
                progress.mark();
            }
            ended += answers;
            progress.completed(answers);
            if (running) {
                link.send(answers);
            } else {
                unanswered -= answers;
            }
        }
    }
}
