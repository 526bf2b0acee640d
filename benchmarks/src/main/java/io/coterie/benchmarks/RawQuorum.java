package io.coterie.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The limit of an operation that a majority of three must take part in: a thread with a selector sends each to two
 * {@link RawServer}s, and ends it when two of the three have it, itself counted. It knows no keys, keeps no values, survives
 * nothing. With a folder each of the three forces what it was sent to a file, many at a time, before it counts.
 *
 * <p>Answers come in the order of the requests, so that a count for each of the three tells which operations have ended.
 */
final class RawQuorum implements Target, AutoCloseable {
    private static final int OTHERS = 2;

    /** A majority must not run away from the slowest: what that has not read yet fits into a {@link RawLink}. */
    private static final int MOST_BEHIND = 4096;

    private final List<RawServer> servers = new ArrayList<>();
    private final List<RawLog> logs = new ArrayList<>();
    private final SocketChannel[] channels = new SocketChannel[OTHERS];
    private final RawLink[] links = new RawLink[OTHERS];
    private final Selector selector = Selector.open();
    private final Queue<CompletableFuture<@Nullable Void>> submitted = new ConcurrentLinkedQueue<>();
    private final Deque<CompletableFuture<@Nullable Void>> underWay = new ArrayDeque<>();
    private final Semaphore toForce = new Semaphore(0);
    private final Thread loop = new Thread(this::run, "raw-coordinator");
    private final Thread forcing = new Thread(this::force, "raw-log");
    private final boolean durable;
    private final AtomicLong forced = new AtomicLong();
    private final AtomicBoolean asleep = new AtomicBoolean();
    private volatile boolean closing;
    private long sent;
    private long ended;

    /**
     * Starts all three.
     *
     * @param folder where each keeps a file; null for none
     */
    RawQuorum(int requestBytes, int answerBytes, @Nullable Path folder) throws IOException {
        durable = folder != null;
        for (int i = 0; i <= OTHERS && folder != null; i++) {
            logs.add(new RawLog(folder.resolve("raw-" + i), requestBytes));
        }
        for (int i = 0; i < OTHERS; i++) {
            RawServer server = RawServer.start(requestBytes, answerBytes, durable ? logs.get(i) : null, Idle.BLOCK);
            servers.add(server);
            channels[i] = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            links[i] = new RawLink(channels[i], selector, answerBytes, requestBytes);
        }
        loop.start();
        if (durable) {
            forcing.start();
        }
    }

    @Override
    public void call() throws Exception {
        start().get();
    }

    @Override
    public CompletableFuture<?> start() {
        CompletableFuture<@Nullable Void> operation = new CompletableFuture<>();
        submitted.add(operation);
        wakeUp();
        return operation;
    }

    @Override
    public void close() {
        try {
            closing = true;
            selector.wakeup();
            loop.join();
            toForce.release();
            forcing.join();
            selector.close();
            for (SocketChannel channel : channels) {
                channel.close();
            }
            servers.forEach(RawServer::close);
            for (RawLog log : logs) {
                log.close();
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("a raw quorum does not end", e);
        }
    }

    private void wakeUp() {
        // One of many callers wakes the loop; the others need not wait for that.
        if (asleep.get() && asleep.compareAndSet(true, false)) {
            selector.wakeup();
        }
    }

    private void run() {
        try {
            while (!closing) {
                turn();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void turn() throws IOException {
        send();
        boolean first = links[0].flush();
        boolean second = links[1].flush();
        asleep.set(true);
        if (first && second && submitted.isEmpty() && !endable() && !closing) {
            selector.select();
        } else {
            selector.selectNow();
        }
        asleep.set(false);
        for (SelectionKey key : selector.selectedKeys()) {
            ((RawLink) key.attachment()).read();
        }
        selector.selectedKeys().clear();
        while (endable()) {
            ended++;
            underWay.remove().complete(null);
        }
    }

    private void send() {
        int count = 0;
        for (CompletableFuture<@Nullable Void> next = submitted.poll(); next != null; next = submitted.poll()) {
            underWay.add(next);
            count++;
        }
        sent += count;
        for (RawLink link : links) {
            link.send(count);
        }
        if (durable) {
            toForce.release(count);
        }
    }

    private boolean endable() {
        long own = durable ? forced.get() : sent;
        long highest = Math.max(links[0].received(), links[1].received());
        long lowest = Math.min(links[0].received(), links[1].received());
        long majority = Math.max(lowest, Math.min(own, highest));
        return ended < Math.min(majority, lowest + MOST_BEHIND);
    }

    private void force() {
        toForce.acquireUninterruptibly();
        while (!closing) {
            int count = 1 + toForce.drainPermits();
            logs.get(OTHERS).append(count);
            forced.addAndGet(count);
            wakeUp();
            toForce.acquireUninterruptibly();
        }
    }
}
