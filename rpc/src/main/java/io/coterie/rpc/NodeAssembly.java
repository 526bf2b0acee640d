package io.coterie.rpc;

import io.coterie.rpc.internal.core.NodeCore;
import io.coterie.rpc.internal.core.NodeSettings;
import io.coterie.rpc.internal.nio.handshake.TcpSettings;
import io.coterie.rpc.internal.nio.links.TcpTransport;
import io.coterie.rpc.internal.nio.loop.EventLoop;
import io.coterie.rpc.internal.nio.loop.SystemWorld;
import io.coterie.rpc.internal.nio.threads.HandlerThreads;
import io.coterie.rpc.internal.nio.threads.ThreadScope;
import io.coterie.rpc.internal.server.HandlerScope;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
import io.coterie.rpc.spi.World;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Puts a node together from the options of its builder, and starts it. Refuses options that
 * contradict each other. Where a part fails, the parts before it are closed.
 */
final class NodeAssembly {
    private static final int DEFAULT_PAYLOAD_BYTES = (1 << 20) + (1 << 16);

    /** What handlers are called in thread names and texts. */
    private static final String HANDLERS = "rpc handlers";

    private static final int THREADS_OF_A_KIND = 64;

    private final NodeId self;
    private final NodeSettings bounds;
    private final IdleStrategy idle;
    private final @Nullable Executor executor;
    private final HandlerScope scope = new ThreadScope();

    private NodeAssembly(NodeId self, NodeChoices node, int maxPayloadBytes) {
        this.self = self;
        this.bounds = new NodeSettings(
                maxPayloadBytes,
                node.maxInFlightPerPeer(),
                node.retryBudget.or(RetryBudget.standard()),
                node.maxRunningHandlers(),
                node.maxWaitingRequests(),
                node.replyCacheBytes(),
                node.replyCacheTtl());
        this.idle = node.idle.or(IdleStrategy.block());
        this.executor = node.executor.given();
    }

    /** @throws IllegalStateException if options are missing or contradict each other */
    static RpcNode start(NodeChoices node, TcpChoices tcp) {
        String cluster = node.cluster.given();
        if (cluster == null) {
            throw new IllegalStateException(
                    "cluster is missing: give the cluster's name, the same at all nodes, by cluster(name)");
        }
        NodeId self = node.self.given();
        if (self == null) {
            throw new IllegalStateException("self is missing: give this node's name by self(name)");
        }
        Transport plugged = node.transport.given();
        return plugged == null ? startTcp(cluster, self, node, tcp) : startPlugged(self, plugged, node, tcp);
    }

    private static RpcNode startTcp(String cluster, NodeId self, NodeChoices node, TcpChoices tcp) {
        if (node.world.isGiven()) {
            throw new IllegalStateException(
                    "world is set without transport: TCP needs the real world; plug in a transport, or leave world out");
        }
        int payload = node.maxPayloadBytes.or(DEFAULT_PAYLOAD_BYTES);
        TcpSettings settings = tcp.settle(cluster, self, payload + NodeCore.overheadBytes());
        return new NodeAssembly(self, node, payload).onOwnLoop(loop -> new TcpTransport(settings, loop));
    }

    private static RpcNode startPlugged(NodeId self, Transport plugged, NodeChoices node, TcpChoices tcp) {
        if (tcp.security() != Security.none()) {
            throw new IllegalStateException("security is set, " + tcp.security()
                    + ", together with transport: a plugged transport protects itself; leave security out");
        }
        int room = plugged.maxMessageBytes() - NodeCore.overheadBytes();
        if (room < node.minPayloadBytes()) {
            throw new IllegalStateException("transport takes messages of " + plugged.maxMessageBytes()
                    + " bytes, which is too little for payloads of " + node.minPayloadBytes()
                    + " bytes and a header of " + NodeCore.overheadBytes()
                    + "; lower maxPayloadBytes, or take a transport for larger messages");
        }
        int payload = node.maxPayloadBytes.or(Math.min(room, DEFAULT_PAYLOAD_BYTES));
        NodeAssembly assembly = new NodeAssembly(self, node, payload);
        World world = node.world.given();
        return world == null ? assembly.onOwnLoop(loop -> plugged) : assembly.inWorld(world, plugged);
    }

    /** A node that has no thread of its own. */
    private RpcNode inWorld(World world, Transport transport) {
        Executor handlers = executor == null ? Runnable::run : executor;
        return started(new NodeCore(self, world, transport, handlers, kind -> handlers, scope, bounds, () -> {}));
    }

    /** A node on a loop of its own, with threads for its handlers unless there is an executor. */
    private RpcNode onOwnLoop(Function<EventLoop, Transport> transportOn) {
        EventLoop loop = EventLoop.start("coterie-" + self, idle);
        try {
            Transport carrier = transportOn.apply(loop);
            World real = SystemWorld.on(loop);
            if (executor != null) {
                return started(onLoop(
                        loop,
                        new NodeCore(self, real, carrier, executor, kind -> executor, scope, bounds, loop::close)));
            }
            HandlerThreads own = HandlerThreads.start("coterie-" + self, real.scheduler(), THREADS_OF_A_KIND);
            try {
                return started(onLoop(
                        loop,
                        new NodeCore(
                                self,
                                real,
                                carrier,
                                own.of(HANDLERS, bounds.maxRunning()),
                                own::of,
                                scope,
                                bounds,
                                () -> {
                                    loop.close();
                                    own.close();
                                })));
            } catch (Throwable e) {
                own.close();
                throw e;
            }
        } catch (Throwable e) {
            loop.close();
            throw e;
        }
    }

    private static NodeCore onLoop(EventLoop loop, NodeCore node) {
        loop.whenGivingUp(node::fail);
        return node;
    }

    private static RpcNode started(NodeCore node) {
        node.start();
        return node;
    }
}
