package io.coterie.benchmarks.rpc;

import io.coterie.benchmarks.tested.EchoClient;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;

/**
 * Answers each call at once on a thread of its own, with the same bytes each time. It allocates the
 * future that a call returns, and nothing more. All else that its run allocates is the cost of
 * measuring.
 */
final class HarnessEcho implements EchoClient {
    /** More than any number of calls in flight. */
    private static final int CAPACITY = 1 << 16;

    private final BlockingQueue<CompletableFuture<byte[]>> inFlight = new ArrayBlockingQueue<>(CAPACITY);
    private final byte[] message;
    private final Thread thread = new Thread(this::answer, "harness-echo");

    HarnessEcho(int bytes) {
        message = new byte[bytes];
        thread.start();
    }

    @Override
    public void call() {
        start().join();
    }

    @Override
    public CompletableFuture<byte[]> start() {
        CompletableFuture<byte[]> call = new CompletableFuture<>();
        inFlight.add(call);
        return call;
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while the answering thread ends", e);
        }
    }

    private void answer() {
        try {
            while (true) {
                inFlight.take().complete(message);
            }
        } catch (InterruptedException e) {
            // Closed.
            return;
        }
    }
}
