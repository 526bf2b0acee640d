package io.coterie.benchmarks;

import io.coterie.rpc.Codec;
import io.coterie.rpc.HostPort;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A node of which each call needs something scarce: one of 8 workers, for a millisecond. A process of its own. */
final class OverloadServer implements AutoCloseable {
    static final RpcMethod<byte[], byte[]> WORK = new RpcMethod<>("work", Codec.bytes(), Codec.bytes(), false);
    static final NodeId NAME = NodeId.of("server");

    /** Questions that the process answers with a number. */
    static final String COMPILED_MILLIS = "compiled-millis";

    static final String HEAP_BYTES = "heap-bytes";
    static final String MOST_WAITING = "most-waiting";

    static final int WORKERS = 8;
    private static final long WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** As many as the workers do in a fifth of the time that callers wait: who waits longer has often waited in vain. */
    private static final int MOST_QUEUED = 80;

    private final Semaphore workers = new Semaphore(WORKERS);
    private final AtomicInteger mostWaiting = new AtomicInteger();
    private final ThreadPoolExecutor pool;
    private final RpcNode node;

    OverloadServer() throws IOException {
        pool = new ThreadPoolExecutor(WORKERS, WORKERS, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_QUEUED));
        node = bounded(Echoes.node("coterie"))
                .self(NAME)
                .listen(new HostPort("127.0.0.1", 0))
                .start();
        node.serve(WORK, (caller, request) -> work(request));
    }

    /** Sets how many calls the node takes on at once: those that run, and those that wait for them. */
    private RpcNodeBuilder bounded(RpcNodeBuilder builder) {
        return builder.executor(pool);
    }

    /** How many calls were taken on and wait for a worker. */
    private int waiting() {
        return pool.getQueue().size() + workers.getQueueLength();
    }

    int port() {
        return Objects.requireNonNull(node.boundAddress()).port();
    }

    @Override
    public void close() {
        node.close();
        pool.shutdownNow();
    }

    private byte[] work(byte[] request) throws InterruptedException {
        mostWaiting.accumulateAndGet(waiting(), Math::max);
        workers.acquire();
        try {
            long end = System.nanoTime() + WORK_NANOS;
            for (long left = WORK_NANOS; left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        } finally {
            workers.release();
        }
        return request;
    }

    private long answer(String question) {
        return switch (question) {
            case COMPILED_MILLIS -> WarmUp.compiledMillis();
            case HEAP_BYTES -> usedHeap();
            // Since it was asked for last.
            case MOST_WAITING -> mostWaiting.getAndSet(0);
            default -> throw new IllegalArgumentException("question \"" + question + "\" is none");
        };
    }

    /** What cannot be collected now. */
    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Serves until the parent has enough of it. */
    public static void main(String[] args) throws IOException {
        try (OverloadServer server = new OverloadServer()) {
            Parent.attend(Integer.toString(server.port()), question -> Long.toString(server.answer(question)));
        }
    }
}
