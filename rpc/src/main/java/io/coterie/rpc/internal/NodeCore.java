package io.coterie.rpc.internal;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.HostPort;
import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.NodeClosedException;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.PeerListener;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcHandler;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.Transport;
import io.coterie.rpc.World;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The node: hands calls to its loop, and messages to the calling or the serving side. */
public final class NodeCore implements RpcNode {
    private final NodeId self;
    private final World world;
    private final Transport transport;
    private final Executor executor;
    private final int maxPayloadBytes;
    private final Runnable afterClose;

    private final Outlet outlet;
    private final Caller caller;
    private final Server server;
    private final Inlet inlet;
    private final Set<RetryingCall<?, ?>> waiting = new HashSet<>();
    private final Set<NodeId> connected = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean closed;

    /**
     * A node that is not started yet.
     *
     * @param maxInFlight bounds the calls under way to each peer, and the blocking requests of each peer
     * @param afterClose run after the end of the last call, on the closing thread: ends what the node owns of its world
     */
    public NodeCore(
            NodeId self,
            World world,
            Transport transport,
            Executor executor,
            int maxPayloadBytes,
            int maxInFlight,
            Runnable afterClose) {
        this.self = self;
        this.world = world;
        this.transport = transport;
        this.executor = executor;
        this.maxPayloadBytes = maxPayloadBytes;
        this.afterClose = afterClose;
        this.outlet = new Outlet(self, transport, world.scheduler(), maxPayloadBytes, this::receiveFromSelf);
        this.caller = new Caller(self, world, outlet, maxInFlight);
        this.server = new Server(world, outlet, executor, maxInFlight);
        this.inlet = new Inlet(self, world.scheduler(), outlet, caller, server, connected);
    }

    /** The bytes that a message takes besides its payload. */
    public static int overheadBytes() {
        return Message.HEADER_BYTES;
    }

    /** Starts the transport, and closes it if that fails. */
    public void start() {
        try {
            transport.start(inlet);
        } catch (Throwable e) {
            onLoop(() -> closeAfter(e));
            throw e;
        }
    }

    private void closeAfter(Throwable failure) {
        try {
            transport.close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public NodeId self() {
        return self;
    }

    @Override
    public World world() {
        return world;
    }

    @Override
    public Executor executor() {
        return executor;
    }

    @Override
    public int maxPayloadBytes() {
        return maxPayloadBytes;
    }

    @Override
    public @Nullable HostPort boundAddress() {
        return transport.boundAddress();
    }

    @Override
    public boolean isConnected(NodeId peer) {
        return !closed && (peer.equals(self) || connected.contains(peer));
    }

    @Override
    public @Nullable String lastFailure(NodeId peer) {
        return transport.lastFailure(peer);
    }

    @Override
    public <Q, R> void serve(RpcMethod<Q, R> method, RpcHandler<Q, R> handler) {
        server.add(Served.blocking(method, handler));
    }

    @Override
    public <Q, R> void serveInline(RpcMethod<Q, R> method, InlineHandler<Q, R> handler) {
        server.add(Served.inline(method, handler));
    }

    @Override
    public <Q, R> CompletableFuture<R> call(NodeId peer, RpcMethod<Q, R> method, Q request, CallOptions options) {
        RetryingCall<Q, R> call = new RetryingCall<>(world, caller, waiting, peer, method, request, options);
        CompletableFuture<R> future = call.future();
        if (!onLoop(call::start)) {
            future.completeExceptionally(new NodeClosedException(
                    "call of " + method.name() + " to " + peer + ": node " + self + " is closed", false));
        }
        return future;
    }

    @Override
    public <Q, R> void send(NodeId peer, RpcMethod<Q, R> method, Q request, long timeoutNanos, ReplyHandler<R> reply) {
        requireLoop();
        if (timeoutNanos <= 0) {
            throw new IllegalArgumentException("timeoutNanos " + timeoutNanos + " is not above zero");
        }
        caller.send(peer, method, request, timeoutNanos, reply);
    }

    @Override
    public <Q> void tell(NodeId peer, RpcMethod<Q, ?> method, Q request) {
        requireLoop();
        caller.tell(peer, method, request);
    }

    @Override
    public void addPeerListener(PeerListener listener) {
        inlet.add(listener);
    }

    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            onLoop(this::closeInLoop);
            afterClose.run();
        }
    }

    @Override
    public String toString() {
        return "RpcNode " + self;
    }

    private void closeInLoop() {
        closed = true;
        inlet.close();
        caller.close();
        for (RetryingCall<?, ?> call : List.copyOf(waiting)) {
            call.fail(new NodeClosedException("node " + self + " was closed before another attempt", false));
        }
        transport.close();
    }

    private void receiveFromSelf(ByteBuffer message) {
        inlet.dispatch(self, message);
    }

    private boolean onLoop(Runnable task) {
        if (world.scheduler().inLoop()) {
            task.run();
            return true;
        }
        return world.scheduler().execute(task);
    }

    private void requireLoop() {
        if (!world.scheduler().inLoop()) {
            throw new IllegalStateException(
                    "node " + self + ": called off its loop, which only the loop may; hand a task"
                            + " to world().scheduler().execute, or use call()");
        }
    }
}
