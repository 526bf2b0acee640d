package io.coterie.benchmarks.rpc;

import io.coterie.benchmarks.tested.TestedServer;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.util.Objects;

/** A node that sends back, on its loop, what it receives. */
public final class CoterieServer implements TestedServer {
    static final RpcMethod<byte[], byte[]> ECHO = new RpcMethod<>("echo", Codec.bytes(), Codec.bytes(), true);

    /** As {@link #ECHO}, but no request may be executed twice. */
    static final RpcMethod<byte[], byte[]> ECHO_ONCE =
            new RpcMethod<>("echo-once", Codec.bytes(), Codec.bytes(), false);

    public static final NodeId NAME = NodeId.of("server");

    private final RpcNode node;

    CoterieServer(RpcNodeBuilder settings) {
        node = settings.self(NAME).listen(new HostPort("127.0.0.1", 0)).start();
        node.serveInline(ECHO, (from, request) -> request);
        node.serveInline(ECHO_ONCE, (from, request) -> request);
    }

    @Override
    public int port() {
        return Objects.requireNonNull(node.boundAddress()).port();
    }

    @Override
    public void close() {
        node.close();
    }
}
