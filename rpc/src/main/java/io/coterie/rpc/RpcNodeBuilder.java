package io.coterie.rpc;

import io.coterie.rpc.error.ConnectionLostException;
import io.coterie.rpc.error.ListenException;
import io.coterie.rpc.error.MessageTooLargeException;
import io.coterie.rpc.error.OutcomeForgottenException;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.error.PeerUnavailableException;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.KeyFiles;
import io.coterie.rpc.spi.Transport;
import io.coterie.rpc.spi.World;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The options of a new {@link RpcNode}. {@link #cluster} and {@link #self} are needed, and
 * {@link #listen} or a {@link #peer} unless a {@link #transport} is plugged in. All others have
 * defaults.
 *
 * <p><b>Errors.</b> Each error names the option, shows the value, and says what to do:
 *
 * <ul>
 *   <li>A value that an option cannot have is refused at once, by an {@link
 *       IllegalArgumentException}.
 *   <li>Null is refused at once, by a {@link NullPointerException}.
 *   <li>A second setting of one option is refused at once, by an {@link IllegalStateException}: one
 *       of the two would be ignored. {@link #peer} may be called again, once for each peer.
 *   <li>Options that are missing or contradict each other are refused by {@link #start}, with an
 *       {@link IllegalStateException}. So the order of the options does not matter.
 * </ul>
 *
 * <p><b>Threading.</b> A builder is not safe for use by several threads at once. The node that it
 * starts is. A builder may start a node again after the one before was closed.
 */
public final class RpcNodeBuilder {
    private final NodeChoices node = new NodeChoices();
    private final TcpChoices tcp = new TcpChoices();

    RpcNodeBuilder() {}

    /**
     * The cluster's name, which is the same at all of its nodes. A node refuses a connection from
     * another cluster.
     *
     * @param name 1 to 64 characters out of letters, digits, {@code . _ -}; needed
     * @throws IllegalArgumentException if the name has another length or other characters
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder cluster(String name) {
        node.cluster(name);
        return this;
    }

    /**
     * This node's name. No other node of the cluster may have it at the same time: the peers keep
     * the one that is connected, and refuse the other.
     *
     * @param name needed
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder self(NodeId name) {
        node.self.set(name);
        return this;
    }

    /**
     * This node's name, as for {@link #self(NodeId)}.
     *
     * @param name as for {@link NodeId}
     * @throws IllegalArgumentException if it is not a name of a node
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder self(String name) {
        return self(NodeId.of(Objects.requireNonNull(name, "self must not be null")));
    }

    /**
     * Where this node takes connections.
     *
     * @param address of this machine; with port 0 the system chooses a port, which
     *     {@link RpcNode#boundAddress()} returns. Default: none, the node only dials its peers
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder listen(HostPort address) {
        tcp.listen(address);
        return this;
    }

    /**
     * Where this node takes connections, as for {@link #listen(HostPort)}.
     *
     * @param address as {@code host:port}
     * @throws IllegalArgumentException if it is not {@code host:port}
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder listen(String address) {
        return listen(HostPort.parse(Objects.requireNonNull(address, "listen must not be null")));
    }

    /**
     * Adds a peer: a node that this one dials, at once and again whenever the connection is lost. A
     * node that is not a peer may connect all the same, as a client does. The node itself is
     * ignored, so that all nodes of a cluster may share one list. {@link NodeLoop#setPeer} adds
     * peers later.
     *
     * @param name of the peer
     * @param address where the peer listens, port 1 to 65535
     * @throws IllegalArgumentException if the port is 0, or the peer has another address already
     */
    public RpcNodeBuilder peer(NodeId name, HostPort address) {
        tcp.peer(name, address);
        return this;
    }

    /**
     * Adds a peer, as {@link #peer(NodeId, HostPort)} does.
     *
     * @param name of the peer, as for {@link NodeId}
     * @param address where the peer listens, as {@code host:port}
     * @throws IllegalArgumentException if the name or the address is not valid, or the peer has
     *     another address already
     */
    public RpcNodeBuilder peer(String name, String address) {
        Objects.requireNonNull(name, "name of the peer must not be null");
        Objects.requireNonNull(address, () -> "address of peer " + name + " must not be null");
        return peer(NodeId.of(name), HostPort.parse(address));
    }

    /**
     * The node is started without a peer, though it does not listen: it {@linkplain NodeLoop#find
     * finds} or {@linkplain NodeLoop#setPeer sets} its peers while it runs. Default: a node that
     * neither listens nor has a peer is refused, because that is mostly a mistake.
     *
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder peersLater() {
        tcp.peersLater();
        return this;
    }

    /**
     * Carries messages in place of TCP. The node closes the transport when it is closed. What only
     * TCP needs has no effect then: {@link #listen}, {@link #peer}, {@link #peersLater}, {@link
     * #reconnect}, {@link #handshakeTimeout}, {@link #keepalive}, {@link #maxConnections}, {@link
     * #maxQueuedBytesPerPeer} and {@link #nodeKey}. {@link #security} is refused.
     *
     * @param transport default: TCP
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder transport(Transport transport) {
        node.transport.set(transport);
        return this;
    }

    /**
     * The node's time, loop and chance, for a simulation. It needs a {@link #transport}. Such a
     * node has no thread of its own, and runs blocking handlers on the loop unless there is an
     * {@link #executor}. When a thread that is not on the loop closes the node, it does not wait
     * for the loop to do so.
     *
     * @param world default: the machine's clock and random source, and a thread of the node
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder world(World world) {
        node.world.set(world);
        return this;
    }

    /**
     * Runs the handlers that may block, and all other code of users that may
     * ({@link RpcNode#executor(String)}). The node does not close an executor that it was given.
     *
     * <p>If the executor rejects a task, its call fails with {@link OverloadedException}. If the
     * executor drops a task without an exception, the task counts as running for good, and takes
     * one of the {@link #maxRunningHandlers}.
     *
     * @param executor default: a virtual thread for each task where the JVM has them (21 and
     *     later); else {@link #maxRunningHandlers} threads for handlers and 64 for each other kind
     *     of code, and more where tasks do not return
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder executor(Executor executor) {
        node.executor.set(executor);
        return this;
    }

    /**
     * The largest request or answer, without its header. A call with a larger one fails with {@link
     * MessageTooLargeException}. It should be the same at all nodes. A peer can make a node hold
     * about that much memory for each connection.
     *
     * @param bytes in bytes, 4096 (4 KiB) to 1,073,741,824 (1 GiB). Default: 1 MiB + 64 KiB, or
     *     what a plugged transport carries if that is less
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder maxPayloadBytes(int bytes) {
        node.maxPayloadBytes(bytes);
        return this;
    }

    /**
     * How many calls to one peer may be in flight. A further call fails at once with
     * {@link OverloadedException}, and is not executed.
     *
     * <p>The bound holds in the other direction, too: of the requests of one peer, so many may be
     * unanswered, and further ones are refused as overload. So a node should not have a higher
     * bound than the nodes that it calls.
     *
     * <p>Calls that other threads have made and the loop has not begun yet count apart: there may
     * be four times as many, to all peers together. A further one fails in the same way.
     *
     * @param calls 1 or more. Default: 10,000
     * @throws IllegalArgumentException if it is below 1
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder maxInFlightPerPeer(int calls) {
        node.maxInFlightPerPeer(calls);
        return this;
    }

    /**
     * How many handlers that may block run at once, for all callers together. Further requests
     * wait, up to {@link #maxWaitingRequests}.
     *
     * @param handlers 1 to 1,000,000. Default: 64. Take more for handlers that mostly wait, as far
     *     as what they wait for can take it
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder maxRunningHandlers(int handlers) {
        node.maxRunningHandlers(handlers);
        return this;
    }

    /**
     * How many requests may wait for a handler to end. The node refuses others at once with
     * {@link OverloadedException}, and does not execute them:
     *
     * <ul>
     *   <li>Where there is no room, the newest request of the caller that has the most is refused.
     *       Callers take turns. So a caller that floods the node does not keep the others
     *       out.
     *   <li>A request that would probably wait for more than half of the time that its caller has
     *       is refused even if there is room. The estimate comes from how long handlers took
     *       lately.
     * </ul>
     *
     * @param requests 0 or more. Default: 1024
     * @throws IllegalArgumentException if it is below 0
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder maxWaitingRequests(int requests) {
        node.maxWaitingRequests(requests);
        return this;
    }

    /**
     * How many retries this node may add to the load of each of its peers. A retry that the budget
     * does not allow is not made: the call ends with its last failure.
     *
     * @param budget default: {@link RetryBudget#standard()}
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder retryBudget(RetryBudget budget) {
        node.retryBudget.set(budget);
        return this;
    }

    /**
     * How much memory this node may use for the answers to calls that must not be executed twice
     * (methods that are not {@linkplain RpcMethod#idempotent() idempotent}). Callers report which
     * answers they have received, so the node keeps only those that may be asked for again. If an
     * answer leaves the cache early, a later copy of its call fails with {@link
     * OutcomeForgottenException}.
     *
     * @param bytes in bytes, 0 or more. Each answer takes its own bytes and 128. Default: 16 MiB
     * @throws IllegalArgumentException if it is below 0
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder replyCacheBytes(long bytes) {
        node.replyCacheBytes(bytes);
        return this;
    }

    /**
     * How long this node keeps such an answer ({@link #replyCacheBytes}). It should be longer than
     * the longest timeout of the callers: a call that is tried again later fails with {@link
     * OutcomeForgottenException}.
     *
     * @param duration above zero. Default: 5 minutes
     * @throws IllegalArgumentException if it is zero or negative
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder replyCacheTtl(Duration duration) {
        node.replyCacheTtl(duration);
        return this;
    }

    /**
     * How much may wait to be written to one peer that reads slowly. A further request fails at
     * once with {@link OverloadedException}, and is not executed. A further answer is dropped, and
     * its caller gets an error in its place, or meets its deadline.
     *
     * @param bytes in bytes, 1 or more, and not below the largest message. Default: 64 MiB, or two
     *     of the largest messages if that is more
     * @throws IllegalArgumentException if it is below 1
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder maxQueuedBytesPerPeer(long bytes) {
        tcp.maxQueuedBytesPerPeer(bytes);
        return this;
    }

    /**
     * How soon a peer is dialed again after a failure or a loss. A wait ends early when another
     * peer is connected again.
     *
     * @param policy without a bound on attempts. Default: exponential from 10 ms to 1 s with jitter
     * @throws IllegalArgumentException if it bounds the attempts: the node would give up on a peer
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder reconnect(RetryPolicy policy) {
        tcp.reconnect(policy);
        return this;
    }

    /**
     * How long a connection may take from its start until both ends have proven who they are. It is
     * closed then, and the peer is dialed again.
     *
     * @param timeout above zero. Default: 5 s
     * @throws IllegalArgumentException if it is zero or negative
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder handshakeTimeout(Duration timeout) {
        tcp.handshakeTimeout(timeout);
        return this;
    }

    /**
     * What the node's thread does when there is nothing to do: it sleeps at once, or it polls for a
     * bounded time first, which answers single calls sooner and keeps a processor busy. It has no
     * effect with a {@link #world}.
     *
     * @param strategy default: {@link IdleStrategy#block()}
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder idle(IdleStrategy strategy) {
        node.idle.set(strategy);
        return this;
    }

    /**
     * After which silence a connection is given up: its calls in flight fail with {@link
     * ConnectionLostException}, and the peer is dialed again. This finds a link that was cut, or a
     * machine that is gone, which the system does not report by itself. It takes up to a sixth of
     * the limit longer, and at most 1 s.
     *
     * <p>A connection that is silent for a third of the limit is pinged, so a connection to a
     * living peer is not given up. A large message on a slow link is no silence: the receiver
     * reports at least once a second that more of it came.
     *
     * <p>A process that stands still for longer than the limit loses its connections. So the limit
     * should be above the longest pause, of a garbage collection for example.
     *
     * @param silence 100 ms to 1 h. Default: 10 s. Nodes may differ; but below 3 s, it should be
     *     the same at nodes that send each other messages which take longer than that
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder keepalive(Duration silence) {
        tcp.keepalive(silence);
        return this;
    }

    /**
     * How many nodes may be connected with this one, whoever dialed. A further node that dials this
     * one is refused, and dials again until there is room. This node's own dialing is not bounded.
     *
     * @param connections 1 to 1,000,000. Default: 10,000. Each takes a file handle
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder maxConnections(int connections) {
        tcp.maxConnections(connections);
        return this;
    }

    /**
     * How nodes prove who they are, and whether what they send is encrypted. The mode must be the
     * same at all nodes. It is refused together with a {@link #transport}, which protects itself.
     *
     * @param security default: {@link Security#none()}
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder security(Security security) {
        tcp.security(security);
        return this;
    }

    /**
     * Has this node prove its name by a key of its own. It is for a {@linkplain
     * Security#sharedSecret shared secret} without mutual TLS, which proves no name, and has no
     * effect with other modes of security.
     *
     * <p>The peers of this node must then prove their names by keys as well, whoever dials. All of
     * them need this option, and each must dial the others: a node learns the key of a peer when it
     * dials that peer for the first time, and accepts no other from then on. {@link
     * Security#nodeKey} sets a key beforehand.
     *
     * @param files where the node keeps its key ({@code node.key}, made if it is missing) and the
     *     keys of others ({@code known-nodes}). With null the node draws a key at each start, and
     *     its peers accept a new one whenever they have dialed it. Default: the node proves its
     *     name by no key
     * @throws IllegalStateException if it is set already
     */
    public RpcNodeBuilder nodeKey(@Nullable KeyFiles files) {
        tcp.nodeKey(files);
        return this;
    }

    /**
     * Starts the node. It dials its peers in the background, and need not be connected when this
     * returns: until then, calls fail with {@link PeerUnavailableException}.
     *
     * @throws IllegalStateException if options are missing or contradict each other; if the
     *     security's context lacks a key; or if the node's key cannot be read or kept
     * @throws ListenException if the node cannot listen at its address; nothing is left open then
     * @throws RuntimeException what a plugged transport's start throws; the transport is closed
     *     then
     */
    public RpcNode start() {
        return NodeAssembly.start(node, tcp);
    }
}
