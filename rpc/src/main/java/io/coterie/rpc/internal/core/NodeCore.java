package io.coterie.rpc.internal.core;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.NodeLoop;
import io.coterie.rpc.PeerListener;
import io.coterie.rpc.RpcHandler;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcMetrics;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.internal.client.CallFuture;
import io.coterie.rpc.internal.client.Caller;
import io.coterie.rpc.internal.client.Failures;
import io.coterie.rpc.internal.client.HedgedCall;
import io.coterie.rpc.internal.events.FlightEvents;
import io.coterie.rpc.internal.events.NodeCounters;
import io.coterie.rpc.internal.server.AdmissionControl;
import io.coterie.rpc.internal.server.HandlerScope;
import io.coterie.rpc.internal.server.MethodBinding;
import io.coterie.rpc.internal.server.ReplyCache;
import io.coterie.rpc.internal.server.ReplyWriter;
import io.coterie.rpc.internal.server.Server;
import io.coterie.rpc.internal.util.Nanos;
import io.coterie.rpc.internal.wire.Message;
import io.coterie.rpc.internal.wire.MessageSender;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
import io.coterie.rpc.spi.World;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The node: hands calls to its loop, and messages to the calling or the serving side. */
public final class NodeCore implements RpcNode {
    private static final Logger log = LoggerFactory.getLogger(NodeCore.class);

    /**
     * Calls that wait for the loop, to all peers together, as a multiple of the bound of calls to
     * one peer.
     */
    private static final int PEERS_HANDED_OVER = 4;

    private final NodeId self;
    private final World world;
    private final Transport transport;
    private final Executor executor;
    private final Function<String, Executor> executors;
    private final int maxPayloadBytes;
    private final HandlerScope scope;
    private final Runnable afterClose;

    private final NodeCounters counters = new NodeCounters();
    private final Caller caller;
    private final NodeLoop loopCalls;
    private final Server server;
    private final MessageDispatcher dispatcher;
    private final Set<NodeId> connected = ConcurrentHashMap.newKeySet();

    /** The calls that other threads have made and the loop has not begun yet. */
    private final AtomicLong handedOver = new AtomicLong();

    private final long maxHandedOver;
    private final List<Consumer<Throwable>> failureListeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean closed;

    /**
     * A node that is not started yet.
     *
     * @param executor runs handlers that may block
     * @param executors run other code that may block, by its kind
     * @param afterClose runs after the last call has ended, on the closing thread: ends what the
     *     node owns of its world
     */
    public NodeCore(
            NodeId self,
            World world,
            Transport transport,
            Executor executor,
            Function<String, Executor> executors,
            HandlerScope scope,
            NodeSettings settings,
            Runnable afterClose) {
        this.self = self;
        this.world = world;
        this.transport = transport;
        this.executor = executor;
        this.executors = executors;
        this.scope = scope;
        this.maxPayloadBytes = settings.maxPayloadBytes();
        this.maxHandedOver = (long) PEERS_HANDED_OVER * settings.maxInFlight();
        this.afterClose = afterClose;
        MessageSender sender =
                new MessageSender(self, transport, world.scheduler(), maxPayloadBytes, this::receiveFromSelf);
        this.caller = new Caller(self, world, sender, settings.maxInFlight(), settings.retryBudget(), counters);
        this.loopCalls = new LoopCalls(self, world.scheduler(), transport, caller);
        ReplyCache kept = new ReplyCache(world, settings.replyCacheBytes(), settings.replyCacheTtl(), counters);
        AdmissionControl admission =
                new AdmissionControl(world, executor, scope, settings.maxRunning(), settings.maxWaiting(), counters);
        this.server = new Server(
                world,
                loopCalls::role,
                new ReplyWriter(world, sender, kept, counters),
                admission,
                kept,
                counters,
                settings.maxInFlight(),
                Nanos.of(settings.replyCacheTtl()));
        this.dispatcher = new MessageDispatcher(self, world.scheduler(), sender, caller, server, connected);
        FlightEvents.register();
    }

    /** The bytes that a message takes besides its payload. */
    public static int overheadBytes() {
        return Message.MAX_HEADER_BYTES;
    }

    /** Starts the transport, and closes it if that fails. */
    public void start() {
        try {
            transport.start(dispatcher);
        } catch (Throwable e) {
            onLoop(() -> closeAfter(e));
            throw e;
        }
    }

    private void closeAfter(Throwable failure) {
        try {
            transport.close();
        } catch (Throwable e) {
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
    public NodeLoop loop() {
        return loopCalls;
    }

    @Override
    public Executor executor() {
        return executor;
    }

    @Override
    public Executor executor(String kind) {
        return executors.apply(kind);
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
    public boolean reportsLoss() {
        return transport.reportsLoss();
    }

    @Override
    public <Q, R> void serve(RpcMethod<Q, R> method, RpcHandler<Q, R> handler) {
        server.add(MethodBinding.of(method, new MethodBinding.Blocking<>(handler)));
    }

    @Override
    public <Q, R> void serveInline(RpcMethod<Q, R> method, InlineHandler<Q, R> handler) {
        server.add(MethodBinding.of(method, new MethodBinding.Inline<>(handler)));
    }

    @Override
    public <Q, R> void serveInline(RpcMethod<Q, R> method, RpcHandler<Q, R> handler) {
        server.add(MethodBinding.of(method, new MethodBinding.AtOnce<>(handler)));
    }

    @Override
    public <Q, R> CompletableFuture<R> call(NodeId peer, RpcMethod<Q, R> method, Q request, CallOptions options) {
        CallFuture<Q, R> call = new CallFuture<>(caller, peer, method, request, options, deadlineOf(options));
        begin(call, call, method, peer);
        return call;
    }

    @Override
    public <Q, R> CompletableFuture<R> callAny(
            List<NodeId> peers, RpcMethod<Q, R> method, Q request, CallOptions options, Duration hedgeAfter) {
        if (peers.isEmpty() || Set.copyOf(peers).size() < peers.size()) {
            throw new IllegalArgumentException("peers " + peers + " must be one or more, and all different");
        }
        if (!method.idempotent()) {
            throw new IllegalArgumentException("method " + method.name()
                    + " is not idempotent, but several peers may execute it; use call with one of them");
        }
        if (hedgeAfter.isNegative() || hedgeAfter.isZero()) {
            throw new IllegalArgumentException("hedgeAfter " + hedgeAfter + " is not above zero");
        }
        HedgedCall<Q, R> call = new HedgedCall<>(
                caller, List.copyOf(peers), method, request, options, deadlineOf(options), Nanos.of(hedgeAfter));
        begin(call, call, method, peers.get(0));
        return call;
    }

    private void begin(Runnable call, CompletableFuture<?> future, RpcMethod<?, ?> method, NodeId peer) {
        if (world.scheduler().inLoop()) {
            call.run();
        } else if (closed) {
            future.completeExceptionally(caller.closed(method.name(), peer, false));
        } else if (handedOver.incrementAndGet() > maxHandedOver) {
            handedOver.decrementAndGet();
            future.completeExceptionally(Failures.tooManyHandedOver(method.name(), peer, maxHandedOver));
        } else if (!world.scheduler().execute(() -> beginHandedOver(call))) {
            handedOver.decrementAndGet();
            future.completeExceptionally(caller.closed(method.name(), peer, false));
        }
    }

    private void beginHandedOver(Runnable call) {
        handedOver.decrementAndGet();
        call.run();
    }

    /** The call's own deadline, or that of the call whose handler makes it, whichever is sooner. */
    private long deadlineOf(CallOptions options) {
        long now = world.clock().nanos();
        long own = now + Nanos.of(options.timeout());
        HandlerScope.Run handling = scope.current();
        long inherited = handling != null
                ? handling.deadline()
                : world.scheduler().inLoop() ? server.inlineDeadline(now, own) : own;
        return inherited - own < 0 ? inherited : own;
    }

    @Override
    public RpcMetrics metrics() {
        return counters.snapshot(connected.size());
    }

    @Override
    public void addPeerListener(PeerListener listener) {
        dispatcher.add(listener);
    }

    @Override
    public void addFailureListener(Consumer<Throwable> listener) {
        failureListeners.add(listener);
    }

    /** Closes the node because its loop cannot continue. Called on the loop. */
    public void fail(Throwable failure) {
        caller.endedBy(failure);
        for (Consumer<Throwable> listener : failureListeners) {
            try {
                listener.accept(failure);
            } catch (Throwable e) {
                log.error("{}: a failure listener threw, but it must not: fix {}", self, listener.getClass(), e);
            }
        }
        close();
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
        dispatcher.closing();
        closed = true;
        dispatcher.close();
        server.close();
        caller.close();
        transport.close();
    }

    private void receiveFromSelf(ByteBuffer message) {
        dispatcher.dispatch(self, message);
    }

    private boolean onLoop(Runnable task) {
        if (world.scheduler().inLoop()) {
            task.run();
            return true;
        }
        return world.scheduler().execute(task);
    }
}
