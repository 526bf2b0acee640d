package io.coterie.benchmarks.raw;

import io.coterie.benchmarks.tested.TestedStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
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
 * The limit of an operation that a majority of three must take part in. A thread with a selector
 * sends each operation to two {@link RawServer}s, and ends it when two of the three have it, itself
 * counted. It knows no keys, keeps no values and survives no failure: it is the cost of the bytes
 * alone. With logs, each of the three forces what it was sent before it counts, many records at a
 * time.
 *
 * <p>Answers come in the order of the requests, so that a count for each of the three shows which
 * operations have ended.
 */
public final class RawQuorum implements TestedStore {
    private static final int OTHERS = 2;

    /**
     * The majority must not run away from the slowest: what the slowest has not read yet fits into
     * a {@link RawLink}.
     */
    private static final int MAX_BEHIND = 4096;

    private final SocketChannel[] channels = new SocketChannel[OTHERS];
    private final RawLink[] links = new RawLink[OTHERS];
    private final Selector selector = Selector.open();
    private final Queue<CompletableFuture<byte @Nullable []>> submitted = new ConcurrentLinkedQueue<>();
    private final Deque<CompletableFuture<byte @Nullable []>> inFlight = new ArrayDeque<>();
    private final Semaphore toForce = new Semaphore(0);
    private final Thread loop = new Thread(this::run, "raw-coordinator");
    private final Thread forcing = new Thread(this::force, "raw-log");
    private final @Nullable RawLog log;
    private final AtomicLong forced = new AtomicLong();
    private final AtomicBoolean asleep = new AtomicBoolean();
    private volatile boolean closing;
    private long sent;
    private long ended;

    /**
     * Connects to the other two.
     *
     * @param log where the coordinator forces what it counts; null for nowhere
     */
    public RawQuorum(int requestBytes, int answerBytes, List<Integer> ports, @Nullable RawLog log) throws IOException {
        this.log = log;
        for (int i = 0; i < OTHERS; i++) {
            channels[i] = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(i)));
            links[i] = new RawLink(channels[i], selector, answerBytes, requestBytes);
        }
        loop.start();
        if (log != null) {
            forcing.start();
        }
    }

    @Override
    public CompletableFuture<?> put(byte[] key, byte[] value) {
        return start();
    }

    @Override
    public CompletableFuture<byte @Nullable []> get(byte[] key) {
        return start();
    }

    private CompletableFuture<byte @Nullable []> start() {
        CompletableFuture<byte @Nullable []> operation = new CompletableFuture<>();
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
            if (log != null) {
                log.close();
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("a raw quorum does not end", e);
        }
    }

    private void wakeUp() {
        // One of many callers wakes the loop, and the others continue.
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
            inFlight.remove().complete(null);
        }
    }

    private void send() {
        int count = 0;
        for (CompletableFuture<byte @Nullable []> next = submitted.poll(); next != null; next = submitted.poll()) {
            inFlight.add(next);
            count++;
        }
        sent += count;
        for (RawLink link : links) {
            link.send(count);
        }
        if (log != null) {
            toForce.release(count);
        }
    }

    private boolean endable() {
        long own = log != null ? forced.get() : sent;
        long highest = Math.max(links[0].received(), links[1].received());
        long lowest = Math.min(links[0].received(), links[1].received());
        long majority = Math.max(lowest, Math.min(own, highest));
        return ended < Math.min(majority, lowest + MAX_BEHIND);
    }

    private void force() {
        RawLog file = log;
        toForce.acquireUninterruptibly();
        while (file != null && !closing) {
            int count = 1 + toForce.drainPermits();
            file.append(count);
            forced.addAndGet(count);
            wakeUp();
            toForce.acquireUninterruptibly();
        }
    }
}
