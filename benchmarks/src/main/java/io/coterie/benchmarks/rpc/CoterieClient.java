package io.coterie.benchmarks.rpc;

import io.coterie.benchmarks.tested.EchoClient;
import io.coterie.rpc.CallOptions;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.node.HostPort;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A node that calls a {@link CoterieServer} over TCP. */
final class CoterieClient implements EchoClient {
    static final String NAME = "client";

    private static final CallOptions OPTIONS = CallOptions.within(Duration.ofSeconds(10));
    private static final RetryPolicy UNTIL_CONNECTED =
            RetryPolicy.exponential(Duration.ofMillis(5), Duration.ofMillis(5));

    private final RpcNode node;
    private final RpcMethod<byte[], byte[]> method;
    private final byte[] message;

    /** Connects; a call has been made when this returns. */
    CoterieClient(RpcNodeBuilder settings, RpcMethod<byte[], byte[]> method, int port, int bytes) {
        this.method = method;
        message = new byte[bytes];
        node = settings.self(NAME)
                .peer(CoterieServer.NAME, new HostPort("127.0.0.1", port))
                .start();
        // Retried until there is a connection. Only the idempotent method may be retried.
        node.call(CoterieServer.NAME, CoterieServer.ECHO, message, OPTIONS.retrying(UNTIL_CONNECTED))
                .join();
    }

    @Override
    public void call() {
        start().join();
    }

    @Override
    public CompletableFuture<byte[]> start() {
        return node.call(CoterieServer.NAME, method, message, OPTIONS);
    }

    @Override
    public void close() {
        node.close();
    }
}
