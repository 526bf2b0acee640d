package io.coterie.rpc;

import io.coterie.rpc.error.NodeClosedException;
import io.coterie.rpc.error.OutcomeForgottenException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.LoopFuture;
import io.coterie.rpc.spi.Transport;
import io.coterie.rpc.spi.World;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node that serves methods to other nodes and calls theirs.
 *
 * <p>Many calls share one connection to each peer, and end in any order.
 *
 * <p><b>Threading.</b> All protocol state lives on the node's event loop. Any thread may call the
 * methods of this type; what only the loop may call is in {@link #loop()}. Futures complete on the
 * loop: a stage that is chained to one without an executor must not block, and a wait there for
 * another one is refused (see {@link LoopFuture}). A thread that waits for a call stops waiting
 * {@link LoopFuture#GRACE} after the call's timeout at the latest, even if the loop is blocked.
 *
 * <p><b>Errors.</b> If a handler, codec or listener throws, or memory runs out, only the call or
 * the connection ends that it belongs to. If the loop itself cannot continue, the node ends, and
 * all its calls with it.
 */
public interface RpcNode extends AutoCloseable {
    /** The options of a new node. */
    static RpcNodeBuilder builder() {
        return new RpcNodeBuilder();
    }

    /** This node's name. */
    NodeId self();

    /** The node's clock, loop and source of random numbers. */
    World world();

    /** What only code on the node's loop may call; for protocols. Always the same object. */
    NodeLoop loop();

    /** Where the node runs handlers of {@link #serve}, which may block. */
    Executor executor();

    /**
     * Where the node runs other code of users that may block. Code of one kind does not wait for
     * code of another kind, or for handlers.
     *
     * <ul>
     *   <li>If {@link RpcNodeBuilder#executor} was set, it is that executor, for all kinds.
     *   <li>Otherwise, each task has a virtual thread where the JVM has them (21 and later).
     *   <li>Otherwise, 64 tasks of a kind run at once and 1,024 wait; a further one is rejected
     *       with {@link java.util.concurrent.RejectedExecutionException}. A task that has run for
     *       more than 1 s does not count among the 64, so tasks that never return do not keep the
     *       rest waiting. A kind has at most 512 threads.
     * </ul>
     *
     * @param kind what runs there, in the plural, for texts and thread names: for example "watch
     *     listeners". A kind lives as long as the node, so there should be few
     */
    Executor executor(String kind);

    /** The largest request or answer in bytes, without its header. */
    int maxPayloadBytes();

    /**
     * Where this node takes connections, with the port that the system chose for port 0; null if
     * the node only dials.
     */
    @Nullable
    HostPort boundAddress();

    /**
     * Whether there is a connection to the peer now. Always true for this node itself. Never true
     * for others if the transport does not report connections.
     */
    boolean isConnected(NodeId peer);

    /**
     * Why the peer is not connected, or was not before it was: how the last attempt or connection
     * ended. Human-readable. Null if nothing is known, for example about a node that this one does
     * not dial.
     */
    @Nullable
    String lastFailure(NodeId peer);

    /**
     * Whether the transport {@linkplain Transport#reportsLoss() reports each message that it
     * loses}.
     */
    boolean reportsLoss();

    /**
     * Serves a method on the node's executor, where its handler may block.
     *
     * @throws IllegalStateException if a method of that name is served already, or one whose name
     *     has the same number on the wire
     */
    <Q, R> void serve(RpcMethod<Q, R> method, RpcHandler<Q, R> handler);

    /**
     * Serves a method on the loop. The handler must not block. It answers before it returns, or
     * later.
     *
     * @throws IllegalStateException as for {@link #serve}
     */
    <Q, R> void serveInline(RpcMethod<Q, R> method, InlineHandler<Q, R> handler);

    /**
     * Serves a method on the loop, with what the handler returns as the answer. The handler must
     * not block. This is the cheapest way to serve.
     *
     * @throws IllegalStateException as for {@link #serve}
     */
    <Q, R> void serveInline(RpcMethod<Q, R> method, RpcHandler<Q, R> handler);

    /**
     * Calls a method of a peer.
     *
     * <p>A method that is not idempotent is executed at most once, however often the call is tried.
     * The peer remembers its answer for a while (see {@link RpcNodeBuilder#replyCacheTtl}); a copy
     * that comes later fails with {@link OutcomeForgottenException}.
     *
     * <p>A call that a handler makes on its own thread has no more time than is left of the call
     * that is being handled.
     *
     * @return completes with the answer, or exceptionally with an {@link RpcException}, whose
     *     {@link RpcException#maybeExecuted()} reports whether the call may have been executed.
     *     Cancelling the future cancels the call: the peer no longer begins to execute it,
     *     and interrupts a handler of {@link #serve} that has begun
     */
    <Q, R> CompletableFuture<R> call(NodeId peer, RpcMethod<Q, R> method, Q request, CallOptions options);

    /**
     * Calls a method of one of several peers (a hedged request). It asks the first peer, and each
     * next one when the one before has failed, or has not answered for a while. The first answer
     * counts, and the other calls are cancelled. All share one deadline.
     *
     * <p>Each call after the first takes from the {@linkplain RpcNodeBuilder#retryBudget retry
     * budget} of its peer, and a peer whose budget is used up is skipped. If all peers before were
     * not connected, the next is asked without the budget, because none of them has the call to
     * carry.
     *
     * @param peers in the order in which they are asked; one or more, all different
     * @param method must be idempotent, as several peers may execute it
     * @param options for the call of each peer
     * @param hedgeAfter how long to wait for a peer before the next is asked too; above zero. Best
     *     about the time within which 95 of 100 calls are answered: hedging then adds some 5 % of
     *     load, and only slow calls are made twice
     * @return as for {@link #call}. If all fail, it completes with the exception of the last
     *     failure, with those before it as suppressed exceptions
     * @throws IllegalArgumentException if the peers are none or not different, the method is not
     *     idempotent, or the wait is not above zero
     */
    <Q, R> CompletableFuture<R> callAny(
            List<NodeId> peers, RpcMethod<Q, R> method, Q request, CallOptions options, Duration hedgeAfter);

    /** What the node has counted since its start, and what there is now. Takes no lock. */
    RpcMetrics metrics();

    /** Adds a listener, which is called on the loop from now on. */
    void addPeerListener(PeerListener listener);

    /**
     * Adds a listener for the case that the node ends by itself, because its loop cannot continue.
     * It is called on the loop, with the reason, before the node closes itself.
     */
    void addFailureListener(Consumer<Throwable> listener);

    /**
     * Ends the node: calls in flight fail with {@link NodeClosedException}, connections and the
     * port are closed, and threads end. It returns when all is done, except if it is called on the
     * loop. A second call does nothing and returns at once, without waiting for the first.
     */
    @Override
    void close();
}
