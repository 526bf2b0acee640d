package io.coterie.benchmarks.rpc;

import io.coterie.benchmarks.tested.EchoClient;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import jdk.jfr.Recording;

/** A client that runs while a flight recording asks for all events of the library in this JVM. */
final class RecordedClient implements EchoClient {
    private static final List<String> KINDS = List.of("Call", "Retry", "Overload", "Connection");

    /** Older events are dropped, so that a long run does not fill the disk. */
    private static final long MAX_BYTES = 64L << 20;

    private final Recording recording = new Recording();
    private final EchoClient client;

    RecordedClient(EchoClient client) {
        this.client = client;
        KINDS.forEach(kind -> recording.enable("io.coterie.rpc." + kind));
        recording.setMaxSize(MAX_BYTES);
        recording.start();
    }

    @Override
    public void call() throws Exception {
        client.call();
    }

    @Override
    public CompletableFuture<?> start() {
        return client.start();
    }

    /** Closes both, and deletes the recording. */
    @Override
    public void close() {
        client.close();
        recording.close();
    }
}
