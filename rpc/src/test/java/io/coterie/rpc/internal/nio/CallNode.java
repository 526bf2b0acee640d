package io.coterie.rpc.internal.nio;

import io.coterie.rpc.IdleStrategy;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.internal.nio.handshake.TcpSettings;
import io.coterie.rpc.internal.nio.links.TcpNode;
import io.coterie.rpc.internal.nio.links.TcpTransport;
import io.coterie.rpc.internal.nio.loop.EventLoop;
import io.coterie.rpc.internal.nio.loop.SystemWorld;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.util.concurrent.CompletableFuture;

/** A node that calls over TCP and echoes, whose connections can be counted. */
public final class CallNode implements AutoCloseable {
    public static final RpcMethod<String, String> ECHO = new RpcMethod<>("echo", Codec.utf8(), Codec.utf8(), true);

    public final RpcNode node;
    private final EventLoop loop;
    private final TcpTransport transport;

    public CallNode(TcpSettings settings) {
        loop = EventLoop.start("test-" + settings.self(), IdleStrategy.block());
        transport = new TcpTransport(settings, loop);
        node = RpcNode.builder()
                .cluster(settings.cluster())
                .self(settings.self())
                .transport(transport)
                .world(SystemWorld.on(loop))
                .start();
        node.serveInline(ECHO, (caller, text, answer) -> answer.reply(text));
    }

    public HostPort address() {
        HostPort address = transport.boundAddress();
        if (address == null) {
            throw new AssertionError("not listening");
        }
        return address;
    }

    public boolean isConnected(String peer) {
        return node.isConnected(NodeId.of(peer));
    }

    public int connections() {
        CompletableFuture<Integer> count = new CompletableFuture<>();
        loop.execute(() -> count.complete(TcpNode.connections(transport)));
        return count.join();
    }

    @Override
    public void close() {
        node.close();
        loop.close();
    }
}
