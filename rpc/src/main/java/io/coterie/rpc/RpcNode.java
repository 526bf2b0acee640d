package io.coterie.rpc;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node that serves methods to other nodes and calls theirs.
 *
 * <p>Many calls share one connection to each peer and end in any order. All protocol state lives on the node's event
 * loop; the methods below may be called by any thread unless they say otherwise. Futures complete on the loop: what is
 * chained to them without an executor must not block, and to wait there for one of them is refused (see {@link LoopFuture}).
 * A thread that waits for a call is let go {@link LoopFuture#GRACE} after the call's time at the latest, even if the loop is
 * held up.
 *
 * <p>What a handler, codec or listener throws, or a want of memory, ends the call or the connection that it meets. A loop that
 * cannot go on ends its node, and all calls with it.
 */
public interface RpcNode extends AutoCloseable {
    /** The choices for a new node. */
    static RpcNodeBuilder builder() {
        return new RpcNodeBuilder();
    }

    /** This node's name. */
    NodeId self();

    /** The node's time, loop and chance. */
    World world();

    /** Where the node runs handlers of {@link #serve}, which may block. */
    Executor executor();

    /**
     * Where the node runs other code of users that may block, so that no kind of it waits for another kind, or for handlers.
     * That is {@link RpcNodeBuilder#executor} where one was given. Otherwise each task has a virtual thread where the JVM has
     * them (21 and later); else 64 tasks of a kind run at once, 1,024 wait, and a further one is rejected with {@link
     * java.util.concurrent.RejectedExecutionException}. A task that has run for more than 1 s does not count among the 64, so
     * that what never returns does not keep the rest waiting; there are 512 threads of a kind at most. A kind lives as long as
     * the node: have few of them.
     *
     * @param kind what runs there, in the plural, for texts and thread names: such as "watch listeners"
     */
    Executor executor(String kind);

    /** The largest request or answer in bytes, its frame apart. */
    int maxPayloadBytes();

    /** Where this node takes connections, with the port that the system chose for port 0; null where it only dials. */
    @Nullable
    HostPort boundAddress();

    /**
     * Whether there is a connection to the peer now. Always true of this node itself, and never of others where the
     * transport does not tell of connections.
     */
    boolean isConnected(NodeId peer);

    /**
     * Why the peer is not connected, or was not before it was: how the last attempt or connection ended, for people. Null
     * where nothing is known, say for a node that this one does not dial.
     */
    @Nullable
    String lastFailure(NodeId peer);

    /** Whether the transport {@linkplain Transport#tellsOfLoss() tells of each message that is lost}. */
    boolean tellsOfLoss();

    /**
     * Which role the peer has at this node: that of its connection, {@link Role#READER} while there is none, and {@link Role#REPLICA} of
     * this node itself. Only to be called on the loop.
     */
    Role role(NodeId peer);

    /**
     * For how long nothing has come from the peer, in nanoseconds: not even a part of a message. {@link Long#MAX_VALUE} where it is not
     * connected, or where the transport knows of whole messages only, of which a {@link PeerListener} is told. Only to be called
     * on the loop.
     */
    long silenceNanos(NodeId peer);

    /**
     * Serves a method on the node's executor, where its handler may block.
     *
     * @throws IllegalStateException if a method of that name (or of the same number on the wire) is served already
     */
    <Q, R> void serve(RpcMethod<Q, R> method, RpcHandler<Q, R> handler);

    /** Serves a method on the loop, where its handler must not block, and answers then or later. Otherwise as {@link #serve}. */
    <Q, R> void serveInline(RpcMethod<Q, R> method, InlineHandler<Q, R> handler);

    /**
     * Serves a method on the loop, where its handler must not block, with what it returns as the answer: the cheapest way to
     * serve. Otherwise as {@link #serve}.
     */
    <Q, R> void serveInline(RpcMethod<Q, R> method, RpcHandler<Q, R> handler);

    /**
     * Calls a method of a peer. Made by a handler, on the thread that runs it, the call has no more time than is left of the
     * one that is being handled.
     *
     * <p>A method that is not idempotent is executed at most once, however often the call is tried: the peer remembers its
     * answer for a while (see {@link RpcNodeBuilder#replyCacheTtl}), and a copy that comes later fails with {@link
     * OutcomeForgottenException}.
     *
     * @return completes with the answer, or exceptionally with an {@link RpcException} that tells whether the call may
     *     have been executed; cancelling it gives the call up: the peer does not execute it if it has not begun to, and
     *     interrupts a handler of {@link #serve} that has
     */
    <Q, R> CompletableFuture<R> call(NodeId peer, RpcMethod<Q, R> method, Q request, CallOptions options);

    /**
     * Calls a method of one of several peers: the first one, and each next one when the one before has failed, or has not
     * answered for a while. The first answer counts, and the other calls are given up. All share one deadline. Those after the
     * first come out of the {@link RpcNodeBuilder#retryBudget retry budget} of the peers asked, which are passed over where it
     * is used up; in place of peers that are not connected, the next is asked without it, as none has the call to carry twice.
     *
     * @param peers in the order in which they are asked; one or more, all different
     * @param method must be idempotent, as several peers may execute it
     * @param options for the call of each peer
     * @param hedgeAfter how long to wait for a peer before the next is asked too; above zero, best about the time within
     *     which 95 of 100 calls are answered: then hedging adds some 5 % of load, and only slow calls are made twice
     * @return as {@link #call}; if all fail, the exception of the last failure, with those before it as suppressed
     */
    <Q, R> CompletableFuture<R> callAny(
            List<NodeId> peers, RpcMethod<Q, R> method, Q request, CallOptions options, Duration hedgeAfter);

    /** What the node has counted since its start, and what there is now. */
    RpcMetrics metrics();

    /**
     * Calls a method of a peer once, for protocols. Only to be called on the loop; the reply handler is called on the loop,
     * after this method has returned. Over a transport that duplicates messages the method may be executed twice.
     *
     * @param timeoutNanos above zero
     * @return whether the request left; where it did not, nothing is executed, and the handler is told why
     */
    <Q, R> boolean send(NodeId peer, RpcMethod<Q, R> method, Q request, long timeoutNanos, ReplyHandler<R> reply);

    /**
     * Has what was {@linkplain #send sent} to a peer leave now rather than at the end of the turn, for protocols: the peer begins with
     * it while this node goes on. Only to be called on the loop.
     */
    void flush(NodeId peer);

    /** Sends a request that has no answer, or drops it. Only to be called on the loop. */
    <Q> void tell(NodeId peer, RpcMethod<Q, ?> method, Q request);

    /** Adds a listener, which is called on the loop from now on. */
    void addPeerListener(PeerListener listener);

    /**
     * Adds a listener for the case that the node ends by itself, since its loop cannot go on. It is called on the loop, with what
     * keeps that from going on, before the node closes itself.
     */
    void addFailureListener(Consumer<Throwable> listener);

    /**
     * Ends the node: calls under way fail with {@link NodeClosedException}, connections and the port are closed, threads
     * end. Returns when all is done, except when called on the loop. A second call does nothing, and returns at once: it does not
     * wait for the first.
     */
    @Override
    void close();
}
