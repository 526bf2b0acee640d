package io.coterie.rpc;

import io.coterie.rpc.internal.core.NodeCore;
import io.coterie.rpc.internal.core.NodeSettings;
import io.coterie.rpc.internal.nio.handshake.TcpSettings;
import io.coterie.rpc.internal.nio.links.TcpTransport;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The choices for an {@link RpcNode}. Only {@link #cluster} and {@link #self} are needed, and {@link #listen} or a
 * {@link #peer}, unless a {@link #transport} is plugged in. A value that cannot be is refused at once with an
 * {@link IllegalArgumentException}, a combination in {@link #start} with an {@link IllegalStateException}; both name the
 * setting. Not safe for use by several threads at once.
 */
public final class RpcNodeBuilder {
    private static final Pattern CLUSTER = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int MIN_PAYLOAD_BYTES = 4096;
    private static final int MAX_PAYLOAD_BYTES = 1 << 30;
    private static final int DEFAULT_PAYLOAD = (1 << 20) + (1 << 16);

    private @Nullable String cluster;
    private @Nullable NodeId self;
    private final TcpChoices tcp = new TcpChoices();
    private @Nullable Transport transport;
    private @Nullable World world;
    private @Nullable Executor executor;
    private @Nullable Integer maxPayloadBytes;
    private int maxInFlightPerPeer = 10_000;
    private int maxRunningHandlers = 64;
    private int maxWaitingRequests = 1024;
    private RetryBudget retryBudget = RetryBudget.standard();
    private long replyCacheBytes = 16L << 20;
    private Duration replyCacheTtl = Duration.ofMinutes(5);
    private IdleStrategy idle = IdleStrategy.block();

    RpcNodeBuilder() {}

    /**
     * The cluster's name, which must be the same on all its nodes: connections between clusters are refused.
     *
     * @param name 1 to 64 characters out of letters, digits, {@code . _ -}
     */
    public RpcNodeBuilder cluster(String name) {
        if (!CLUSTER.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "cluster \"" + name + "\" is not 1 to 64 characters out of letters, digits, '.', '_' and '-'");
        }
        cluster = name;
        return this;
    }

    /** This node's name, which no other node of the cluster may have at the same time. */
    public RpcNodeBuilder self(NodeId name) {
        self = name;
        return this;
    }

    /** As {@link #self(NodeId)}. */
    public RpcNodeBuilder self(String name) {
        return self(NodeId.of(name));
    }

    /**
     * Where this node takes connections. Default: nowhere, it only dials its peers.
     *
     * @param address of this machine; port 0 lets the system choose one, see {@link RpcNode#boundAddress()}
     */
    public RpcNodeBuilder listen(HostPort address) {
        tcp.listen(address);
        return this;
    }

    /** As {@link #listen(HostPort)}, from {@code host:port}. */
    public RpcNodeBuilder listen(String address) {
        return listen(HostPort.parse(address));
    }

    /**
     * A node to be connected with: it is dialed at once, and again whenever the connection is lost. Nodes that are not
     * listed may connect all the same, as clients do. The node itself is passed over, so that all nodes may share a list.
     */
    public RpcNodeBuilder peer(NodeId name, HostPort address) {
        tcp.peer(name, address);
        return this;
    }

    /** As {@link #peer(NodeId, HostPort)}, from a name and {@code host:port}. */
    public RpcNodeBuilder peer(String name, String address) {
        return peer(NodeId.of(name), HostPort.parse(address));
    }

    /**
     * Carries messages in place of TCP. Addresses, {@link #reconnect}, {@link #handshakeTimeout},
     * {@link #keepalive} and {@link #maxQueuedBytesPerPeer} then mean nothing. The node closes the transport when it is closed.
     */
    public RpcNodeBuilder transport(Transport instead) {
        transport = instead;
        return this;
    }

    /**
     * The node's time, loop and chance, for a simulation. Only together with a {@link #transport}. The node then has no
     * thread of its own, runs blocking handlers on the loop unless there is an {@link #executor}, and when it is closed by
     * a thread that is not on the loop, does not wait for the loop to do so.
     */
    public RpcNodeBuilder world(World instead) {
        world = instead;
        return this;
    }

    /**
     * Runs the handlers that may block, and whatever else may ({@link RpcNode#executor(String)}). Default: a virtual thread for
     * each where the JVM has them (21 and later), else {@link #maxRunningHandlers} threads for handlers and 64 for each other
     * kind of code, and more where tasks do not return. One that rejects tasks lets the calls fail with {@link OverloadedException}; one
     * that drops them without a word takes a place among the running ones with each, for good. The node does not close an
     * executor that it was given.
     */
    public RpcNodeBuilder executor(Executor instead) {
        executor = instead;
        return this;
    }

    /**
     * The largest request or answer in bytes. Larger ones fail with {@link MessageTooLargeException}. Should be the same on
     * all nodes. A node can be made to hold about that much for each connection.
     *
     * @param bytes 4 KiB to 1 GiB; default 1 MiB + 64 KiB, or what a plugged transport carries if that is less
     */
    public RpcNodeBuilder maxPayloadBytes(int bytes) {
        if (bytes < MIN_PAYLOAD_BYTES || bytes > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException(
                    "maxPayloadBytes " + bytes + " is not within " + MIN_PAYLOAD_BYTES + " to " + MAX_PAYLOAD_BYTES);
        }
        maxPayloadBytes = bytes;
        return this;
    }

    /**
     * How many calls to one peer may be under way at once. Those past it fail at once with {@link OverloadedException}.
     *
     * <p>Four times as many calls, to all peers together, may have been made by other threads and not yet begun by the loop; those
     * past it fail in the same way.
     *
     * <p>It bounds the other direction, too: of the requests of one peer so many may be unanswered, and those past it are refused
     * as overload. Let no node have more than those it calls.
     *
     * @param calls 1 or more; default 10 000
     */
    public RpcNodeBuilder maxInFlightPerPeer(int calls) {
        if (calls < 1) {
            throw new IllegalArgumentException("maxInFlightPerPeer " + calls + " is not 1 or more");
        }
        maxInFlightPerPeer = calls;
        return this;
    }

    /**
     * How many handlers that may block run at once, whoever calls. Further requests wait for their turn.
     *
     * @param handlers 1 to 1,000,000; default 64. More for handlers that mostly wait, as long as what they wait for can take it
     */
    public RpcNodeBuilder maxRunningHandlers(int handlers) {
        if (handlers < 1 || handlers > 1_000_000) {
            throw new IllegalArgumentException("maxRunningHandlers " + handlers + " is not within 1 to 1000000");
        }
        maxRunningHandlers = handlers;
        return this;
    }

    /**
     * How many requests wait for a handler to end. Those past it are turned away at once with {@link OverloadedException}, and
     * so are those that would, by what handlers took of late, wait for more than half of the time that their callers have: what
     * cannot be answered in time is not begun. Callers take turns, and where there is no room, it is the newest request of the
     * caller with the most that goes: one that floods the node does not keep the others out.
     *
     * @param requests 0 or more; default 1024
     */
    public RpcNodeBuilder maxWaitingRequests(int requests) {
        if (requests < 0) {
            throw new IllegalArgumentException("maxWaitingRequests " + requests + " is below 0");
        }
        maxWaitingRequests = requests;
        return this;
    }

    /** How many retries this node may add to the load of each of its peers. Default: {@link RetryBudget#standard()}. */
    public RpcNodeBuilder retryBudget(RetryBudget budget) {
        retryBudget = budget;
        return this;
    }

    /**
     * How much memory this node spends on the answers to calls that must not be executed twice. Callers tell which answers they
     * have got, so that only those are kept that may be asked for again. One that falls out before its time makes a later copy
     * of its call fail with {@link OutcomeForgottenException}.
     *
     * @param bytes 0 or more, 128 for each answer besides its own; default 16 MiB
     */
    public RpcNodeBuilder replyCacheBytes(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("replyCacheBytes " + bytes + " is below 0");
        }
        replyCacheBytes = bytes;
        return this;
    }

    /**
     * How long this node keeps those answers. Best longer than the longest timeout of its callers: what they try again after
     * that fails with {@link OutcomeForgottenException}.
     *
     * @param age above zero; default 5 minutes
     */
    public RpcNodeBuilder replyCacheTtl(Duration age) {
        if (age.isZero() || age.isNegative()) {
            throw new IllegalArgumentException("replyCacheTtl " + age + " is not above zero");
        }
        replyCacheTtl = age;
        return this;
    }

    /**
     * How much may wait to be written to one peer that reads slowly. Requests past it fail at once with
     * {@link OverloadedException}; answers past it are dropped, so that their callers meet their deadline.
     *
     * @param bytes 1 or more, and not below the largest message; default 64 MiB, or two of the largest messages if that is more
     */
    public RpcNodeBuilder maxQueuedBytesPerPeer(long bytes) {
        tcp.maxQueuedBytesPerPeer(bytes);
        return this;
    }

    /**
     * How soon a peer is dialed again. Must not bound attempts. Default: exponential from 10 ms to 1 s with jitter.
     */
    public RpcNodeBuilder reconnect(RetryPolicy policy) {
        tcp.reconnect(policy);
        return this;
    }

    /**
     * How long a connection may take until both sides have said who they are.
     *
     * @param timeout above zero; default 5 s
     */
    public RpcNodeBuilder handshakeTimeout(Duration timeout) {
        tcp.handshakeTimeout(timeout);
        return this;
    }

    /**
     * What the node's thread does when there is nothing to do: sleep at once, or poll for a bounded time first, which answers
     * single calls sooner and keeps a processor busy. Means nothing together with a {@link #world}.
     *
     * @param strategy default {@link IdleStrategy#block()}
     */
    public RpcNodeBuilder idle(IdleStrategy strategy) {
        idle = strategy;
        return this;
    }

    /**
     * How long nothing may be heard on a connection before it is given up: its calls under way fail with
     * {@link ConnectionLostException}, and the peer is dialed again. A connection that is silent for a third of that is pinged,
     * so that one with a living peer at its other end is never given up, however long a large message takes on a slow link: what
     * the peer takes of it counts, and it says at least once a second that more of it came. This is what notices a link that was cut, or a
     * machine that went, without a word; it takes up to a sixth, and never more than a second, longer. A process that stands
     * still for longer than this, in a pause of its garbage collector say, loses its connections: do not set it below the
     * longest pause.
     *
     * @param silence 100 ms to 1 h; default 10 s. Nodes may differ; below 3 s give those the same that send each other messages
     *     that take longer than this
     */
    public RpcNodeBuilder keepalive(Duration silence) {
        tcp.keepalive(silence);
        return this;
    }

    /**
     * How many nodes may be connected with this one at once, whoever dialed. Further ones that dial it are refused, and dial
     * again until there is room; those that this node dials itself are connected past it too. Means nothing together with a
     * {@link #transport}.
     *
     * @param connections 1 to 1,000,000; default 10,000. Each needs a file handle
     */
    public RpcNodeBuilder maxConnections(int connections) {
        tcp.maxConnections(connections);
        return this;
    }

    /**
     * How nodes prove who they are, and whether what they send is encrypted; the same mode at all nodes. Default:
     * {@link Security#none()}. Not together with a {@link #transport}, which protects itself.
     */
    public RpcNodeBuilder security(Security choice) {
        tcp.security(choice);
        return this;
    }

    /**
     * Has this node prove its name by a key of its own where a {@linkplain Security#sharedSecret shared secret} proves no name: a secret
     * without mutual TLS. From then on the peers that this node dials must prove their names by keys as well, whoever dials. All of them
     * need this setting, and each must dial the others: the first key that a peer shows when it is dialed at its address is taken, and no
     * other from then on. {@link Security#nodeKey} sets it beforehand. Means nothing with other modes of
     * security, and with a {@link #transport}.
     *
     * @param files where the key is kept, {@code node.key}, which is made if it is missing, and those of others, {@code known-nodes}; null
     *     for a key of this start alone. The peers of a node with such a key take a new one whenever they have dialed it
     */
    public RpcNodeBuilder nodeKey(@Nullable KeyFiles files) {
        tcp.nodeKey(files);
        return this;
    }

    /**
     * Starts the node.
     *
     * @throws IllegalStateException if settings are missing or contradict each other
     * @throws ListenException if the node cannot listen where it should; nothing is left open then
     * @throws RuntimeException what a plugged transport's start throws; the transport is closed then
     */
    public RpcNode start() {
        if (cluster == null) {
            throw new IllegalStateException(
                    "cluster is not set: give the name that all nodes of the cluster share, as in cluster(\"shop\")");
        }
        if (self == null) {
            throw new IllegalStateException("self is not set: give this node's name, as in self(\"a\")");
        }
        return transport == null ? startTcp(cluster, self) : startPlugged(self, transport);
    }

    private RpcNode startPlugged(NodeId name, Transport plugged) {
        if (tcp.security() != Security.none()) {
            throw new IllegalStateException("security is set, " + tcp.security()
                    + ", together with transport: a plugged transport protects itself; leave security out");
        }
        int room = plugged.maxMessageBytes() - NodeCore.overheadBytes();
        if (room < (maxPayloadBytes == null ? MIN_PAYLOAD_BYTES : maxPayloadBytes)) {
            throw new IllegalStateException("transport takes messages of " + plugged.maxMessageBytes()
                    + " bytes, which is too little for payloads of "
                    + (maxPayloadBytes == null ? MIN_PAYLOAD_BYTES : maxPayloadBytes) + " bytes and a header of "
                    + NodeCore.overheadBytes() + "; lower maxPayloadBytes, or take a transport for larger messages");
        }
        int payload = maxPayloadBytes == null ? Math.min(room, DEFAULT_PAYLOAD) : maxPayloadBytes;
        NodeAssembly node = assembly(name, payload);
        return world == null ? node.onOwnLoop(idle, loop -> plugged) : node.inWorld(world, plugged);
    }

    private RpcNode startTcp(String clusterName, NodeId name) {
        if (world != null) {
            throw new IllegalStateException(
                    "world is set without transport: TCP needs the real world; plug in a transport, or leave world out");
        }
        int payload = maxPayloadBytes == null ? DEFAULT_PAYLOAD : maxPayloadBytes;
        TcpSettings settings = tcp.settle(clusterName, name, payload + NodeCore.overheadBytes());
        return assembly(name, payload).onOwnLoop(idle, loop -> new TcpTransport(settings, loop));
    }

    private NodeAssembly assembly(NodeId name, int payload) {
        NodeSettings bounds = new NodeSettings(
                payload,
                maxInFlightPerPeer,
                retryBudget,
                maxRunningHandlers,
                maxWaitingRequests,
                replyCacheBytes,
                replyCacheTtl);
        return new NodeAssembly(name, bounds, executor);
    }
}
