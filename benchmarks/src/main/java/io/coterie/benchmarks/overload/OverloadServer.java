package io.coterie.benchmarks.overload;

import io.coterie.benchmarks.harness.Parent;
import io.coterie.benchmarks.harness.WarmUp;
import io.coterie.benchmarks.rpc.Echoes;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A node whose handler takes a millisecond for each call, and runs 8 at once. The node's own bounds
 * keep off what is more. It is a process of its own.
 */
final class OverloadServer implements AutoCloseable {
    static final RpcMethod<byte[], byte[]> WORK = new RpcMethod<>("work", Codec.bytes(), Codec.bytes(), false);
    static final NodeId NAME = NodeId.of("server");

    /** Questions that the process answers with a number. */
    static final String COMPILED_MILLIS = "compiled-millis";

    static final String HEAP_BYTES = "heap-bytes";
    static final String MAX_WAITING = "max-waiting";

    static final int WORKERS = 8;
    private static final long WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /**
     * As many as the handlers do in a fifth of the time that callers wait. A request that waits
     * longer is often answered too late.
     */
    private static final int MAX_WAITING_REQUESTS = 80;

    private final AtomicLong maxWaiting = new AtomicLong();
    private final RpcNode node;

    OverloadServer() throws IOException {
        node = Echoes.node(Echoes.COTERIE)
                .maxRunningHandlers(WORKERS)
                .maxWaitingRequests(MAX_WAITING_REQUESTS)
                .self(NAME)
                .listen(new HostPort("127.0.0.1", 0))
                .start();
        node.serve(WORK, (caller, request) -> work(request));
    }

    int port() {
        return Objects.requireNonNull(node.boundAddress()).port();
    }

    @Override
    public void close() {
        node.close();
    }

    private byte[] work(byte[] request) {
        maxWaiting.accumulateAndGet(node.metrics().requestsWaiting(), Math::max);
        long end = System.nanoTime() + WORK_NANOS;
        for (long left = WORK_NANOS; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return request;
    }

    private long answer(String question) {
        return switch (question) {
            case COMPILED_MILLIS -> WarmUp.compiledMillis();
            case HEAP_BYTES -> usedHeap();
            // Since the last such question.
            case MAX_WAITING -> maxWaiting.getAndSet(0);
            default -> throw new IllegalArgumentException("unknown question \"" + question + "\"");
        };
    }

    /** The bytes in use that cannot be collected now. */
    static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Serves until the parent is done. */
    public static void main(String[] args) throws IOException {
        try (OverloadServer server = new OverloadServer()) {
            Parent.attend(Integer.toString(server.port()), question -> Long.toString(server.answer(question)));
        }
    }
}
