package io.coterie.rpc;

import io.coterie.rpc.internal.core.NodeCore;
import io.coterie.rpc.internal.core.NodeSettings;
import io.coterie.rpc.internal.nio.loop.EventLoop;
import io.coterie.rpc.internal.nio.loop.SystemWorld;
import io.coterie.rpc.internal.nio.threads.HandlerThreads;
import io.coterie.rpc.internal.nio.threads.ThreadScope;
import io.coterie.rpc.internal.server.HandlerScope;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Puts a node together and starts it. What was begun for it is ended again where a later part fails. */
final class NodeAssembly {
    /** What handlers are called in thread names and texts. */
    private static final String HANDLERS = "rpc handlers";

    private static final int THREADS_OF_A_KIND = 64;

    private final NodeId self;
    private final NodeSettings bounds;
    private final @Nullable Executor executor;
    private final HandlerScope scope = new ThreadScope();

    /** @param executor what runs all that may block, or null for the default */
    NodeAssembly(NodeId self, NodeSettings bounds, @Nullable Executor executor) {
        this.self = self;
        this.bounds = bounds;
        this.executor = executor;
    }

    /** A node that has no thread of its own. */
    RpcNode inWorld(World world, Transport transport) {
        Executor handlers = executor == null ? Runnable::run : executor;
        return started(new NodeCore(self, world, transport, handlers, kind -> handlers, scope, bounds, () -> {}));
    }

    /** A node on a loop of its own, with threads for its handlers unless there is an executor. */
    RpcNode onOwnLoop(IdleStrategy idle, Function<EventLoop, Transport> transportOn) {
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
