package io.coterie.benchmarks;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.Codec;
import io.coterie.rpc.HostPort;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** Two nodes in this process, connected over TCP on loopback; one sends back, on its loop, what the other sends. */
final class EchoNodes implements Target, AutoCloseable {
    private static final RpcMethod<byte[], byte[]> ECHO = new RpcMethod<>("echo", Codec.bytes(), Codec.bytes(), true);
    private static final String CLUSTER = "benchmark";
    private static final NodeId SERVER = NodeId.of("server");
    private static final CallOptions OPTIONS = CallOptions.within(Duration.ofSeconds(10));
    private static final RetryPolicy UNTIL_CONNECTED =
            RetryPolicy.exponential(Duration.ofMillis(5), Duration.ofMillis(5));

    private final RpcNode server;
    private final RpcNode client;
    private final byte[] message;

    /** Connects them; a call has been made when this returns. */
    EchoNodes(int bytes) {
        message = new byte[bytes];
        server = RpcNode.builder()
                .cluster(CLUSTER)
                .self(SERVER.toString())
                .listen(new HostPort("127.0.0.1", 0))
                .start();
        server.serveInline(ECHO, (from, request, answer) -> answer.reply(request));
        client = RpcNode.builder()
                .cluster(CLUSTER)
                .self("client")
                .peer(SERVER, Objects.requireNonNull(server.boundAddress()))
                .start();
        client.call(SERVER, ECHO, message, OPTIONS.retrying(UNTIL_CONNECTED)).join();
    }

    @Override
    public void call() {
        start().join();
    }

    @Override
    public CompletableFuture<byte[]> start() {
        return client.call(SERVER, ECHO, message, OPTIONS);
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
