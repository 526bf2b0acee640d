package io.coterie;

import io.coterie.failuredetector.FailureDetection;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.HostPort;
import io.coterie.rpc.IdleStrategy;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.Security;
import io.coterie.rpc.Transport;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a node. {@link #cluster}, {@link #self} or {@link #client}, and at least one {@link #replica} are needed, all
 * else has a default. Values are checked where they are given, what they mean together in {@link #start()}, so that their order never
 * matters.
 *
 * <p>Not safe for use by several threads at once. A builder may be used again after {@link #start()}.
 */
public final class CoterieBuilder {
    private static final int MAX_VALUE_BYTES = 64 << 20;
    private static final int MAX_OPERATIONS = 10_000_000;

    /** The replicas; the address is null where only a transport knows how to reach them. */
    final Map<NodeId, @Nullable HostPort> replicas = new LinkedHashMap<>();

    @Nullable
    String cluster;

    /** This node's name. */
    @Nullable
    NodeId self;

    /** Whether the name was given as that of a client. */
    boolean client;

    /** Whether the node only reads. */
    boolean readOnly;

    @Nullable
    Transport transport;

    @Nullable
    Executor executor;

    @Nullable
    Storage storage;

    Security security = Security.none();
    IdleStrategy idle = IdleStrategy.block();

    FailureDetection failureDetection = FailureDetection.phiAccrual();

    @Nullable
    Duration majorityGrace;

    RetryPolicy retry =
            RetryPolicy.exponential(Duration.ofMillis(5), Duration.ofSeconds(1)).withJitter();
    Duration operationTimeout = Duration.ofSeconds(5);
    Duration attemptTimeout = ReplicationOptions.defaults().attemptTimeout();
    int maxValueBytes = 1 << 20;
    boolean maxValueGiven;
    int maxOperations = 100_000;

    /** Put around the node that all else is made on; tests give it another clock so. */
    UnaryOperator<RpcNode> around = UnaryOperator.identity();

    CoterieBuilder() {}

    /**
     * The cluster's name, the same at all its nodes: a node of another cluster is turned away when it connects.
     *
     * @param name 1 to 64 characters out of letters, digits, {@code . _ -}
     */
    public CoterieBuilder cluster(String name) {
        RpcNode.builder().cluster(Objects.requireNonNull(name, "cluster must not be null"));
        cluster = name;
        return this;
    }

    /**
     * This node's name, if it is a replica: one of those given by {@link #replica}. Takes the place of {@link #client}.
     *
     * @param name as for {@link NodeId}
     */
    public CoterieBuilder self(String name) {
        self = NodeId.of(Objects.requireNonNull(name, "self must not be null"));
        client = false;
        return this;
    }

    /**
     * This node's name, if it is a client, which keeps nothing and asks the replicas. Takes the place of {@link #self}.
     *
     * @param name as for {@link NodeId}; none of the replicas, and of no other node that runs at the same time
     */
    public CoterieBuilder client(String name) {
        self = NodeId.of(Objects.requireNonNull(name, "client must not be null"));
        client = true;
        return this;
    }

    /**
     * The node is a client that only reads, as a {@link io.coterie.rpc.Role#READER reader} at the replicas may: gets, scans and watches.
     * Whatever would change something, locks included, fails at once with {@link io.coterie.rpc.NotPermittedException}. Stores must have been
     * opened by another node before. Strong reads are as linearizable as those of other nodes: where one finds a change that was left
     * halfway, a replica finishes it in the node's place. Eventual reads bring no replica up to date.
     *
     * <p>This makes nobody keep to it. That the replicas hold the node to it is their choice: {@link Security#readOnly} or {@link
     * Security#withReaderSecret}. A node that they take for a reader and that was not told so here reads worse: what needs a
     * replica to be brought up to date fails when its time is over.
     */
    public CoterieBuilder readOnly() {
        readOnly = true;
        return this;
    }

    /**
     * Adds a replica. All nodes of a cluster list the same replicas.
     *
     * @param name as for {@link NodeId}
     * @param address where it listens, as in {@code 10.0.0.1:7400}; this node's own is the address that it listens on
     */
    public CoterieBuilder replica(String name, String address) {
        NodeId id = NodeId.of(Objects.requireNonNull(name, "name of the replica must not be null"));
        HostPort given = HostPort.parse(
                Objects.requireNonNull(address, () -> "address of replica " + name + " must not be null"));
        if (given.port() == 0) {
            throw new IllegalArgumentException("replica " + name + ": port 0 of " + given
                    + " is any free port, which the other nodes could not know; give a fixed one, 1 to 65535");
        }
        if (replicas.containsKey(id)) {
            throw new IllegalArgumentException(
                    "replica " + name + " is listed twice, at " + replicas.get(id) + " and at " + given);
        }
        replicas.put(id, given);
        return this;
    }

    /**
     * Adds replicas that have no address, as a {@link #transport} reaches them by their names.
     *
     * @param names as for {@link NodeId}
     */
    public CoterieBuilder replicas(String... names) {
        for (String name : names) {
            NodeId id = NodeId.of(Objects.requireNonNull(name, "name of the replica must not be null"));
            if (replicas.containsKey(id)) {
                throw new IllegalArgumentException("replica " + name + " is listed twice");
            }
            replicas.put(id, null);
        }
        return this;
    }

    /**
     * Where this node keeps its records if it is a replica. By default in memory: they are gone with the process, and a
     * replica that is started again without them does not vote, because it may have forgotten promises. Such a cluster
     * is stopped and started as a whole.
     *
     * <p>A {@linkplain Storage#directory directory} also has the key by which the replica proves its name to the others under a shared
     * secret without mutual TLS.
     */
    public CoterieBuilder storage(Storage choice) {
        storage = Objects.requireNonNull(choice, "storage must not be null");
        return this;
    }

    /** How a failed peer is told from a slow one. By default {@link FailureDetection#phiAccrual()}. */
    public CoterieBuilder failureDetector(FailureDetection choice) {
        failureDetection = Objects.requireNonNull(choice, "failureDetector must not be null");
        return this;
    }

    /**
     * How long to wait before a replica that did not answer is asked again, and before a lost connection is tried again. By
     * default 5 ms, doubling to 1 s, with jitter. An operation is tried until its timeout. Waits end early where a replica
     * that was silent is heard of again, or another one is connected again.
     *
     * @throws IllegalArgumentException if the policy bounds the number of attempts: a node must not give up on a replica
     */
    public CoterieBuilder retry(RetryPolicy policy) {
        Objects.requireNonNull(policy, "retry must not be null");
        if (policy.maxAttempts() != Integer.MAX_VALUE) {
            throw new IllegalArgumentException("retry: " + policy + " would give up on a replica for good; leave"
                    + " withMaxAttempts out, and bound an operation by operationTimeout");
        }
        retry = policy;
        return this;
    }

    /**
     * For how long an operation of a strong store waits to begin while this node has connections to fewer than a
     * majority of replicas, and one that needs a single replica, of an eventual store or a weak read, while it has none.
     * It ends as not applied when the grace is over. The grace is counted from when the majority, or the last replica,
     * was lost: what is asked for after it ends at once. By default ten heartbeats of the
     * {@linkplain #failureDetector failure detector}, which are 1 s unless you choose others; {@link Duration#ZERO}
     * waits for nothing.
     *
     * <p>What had begun before goes on until its timeout. A replica counts as connected until its connection ends or the
     * failure detector takes it for {@linkplain io.coterie.failuredetector.PeerState#DOWN down}, after some 1.3 s of silence by
     * default. Over a transport that does not tell of connections only the failure detector counts.
     *
     * @param grace zero to one hour
     */
    public CoterieBuilder majorityGrace(Duration grace) {
        majorityGrace = Timeouts.checkGrace("majorityGrace", grace);
        return this;
    }

    /**
     * How nodes prove who they are, and whether what they send is encrypted; the same mode at all nodes. By default
     * {@link Security#none()}: then let only the cluster's own machines reach the replicas' ports.
     */
    public CoterieBuilder security(Security choice) {
        security = Objects.requireNonNull(choice, "security must not be null");
        return this;
    }

    /**
     * What the node's thread does when there is nothing to do: sleep at once, or poll for a bounded time first, which answers
     * single operations sooner and keeps a processor busy.
     *
     * @param strategy default {@link IdleStrategy#block()}; worth changing only where processors are spare
     */
    public CoterieBuilder idle(IdleStrategy strategy) {
        idle = Objects.requireNonNull(strategy, "idle must not be null");
        return this;
    }

    /**
     * Carries messages instead of TCP. Replicas need no addresses then ({@link #replicas}), and {@link #security} is the
     * transport's own affair. Closed together with the node.
     *
     * @param instead its {@link Transport#maxMessageBytes()} bounds values: a message has up to 16 KiB around one
     */
    public CoterieBuilder transport(Transport instead) {
        transport = Objects.requireNonNull(instead, "transport must not be null");
        return this;
    }

    /**
     * Runs users' functions of {@link Store#update}, watch listeners and leadership listeners, all of which may block. By
     * default each has a virtual thread where the JVM has them (21 and later). Otherwise each of these three kinds has up to 64
     * threads of its own, so that none waits for another. What has run for more than 1 s does not count, up to 512 threads of a
     * kind; for more of a kind that block, give an executor with as many threads. One that is given is shared by all three, and is not closed with the node.
     */
    public CoterieBuilder executor(Executor choice) {
        executor = Objects.requireNonNull(choice, "executor must not be null");
        return this;
    }

    /**
     * How long an operation is tried before it fails, unless a store, or a single call, is given another time by
     * {@link Store#withTimeout}. By default 5 s.
     *
     * @param timeout above zero, at most one hour
     */
    public CoterieBuilder operationTimeout(Duration timeout) {
        operationTimeout = Timeouts.check("operationTimeout", timeout);
        return this;
    }

    /**
     * After how long without an answer a replica is asked again. It matters only where messages are lost and nobody is told,
     * as a {@link #transport} may lose them that does not {@linkplain Transport#tellsOfLoss() tell of loss}. Over TCP a
     * replica is asked again when its connection was lost, and never before. Much shorter than it takes to carry the largest
     * value, it has values sent again that are still on their way. By default 500 ms.
     *
     * @param timeout above zero, at most one hour
     */
    public CoterieBuilder attemptTimeout(Duration timeout) {
        attemptTimeout = Timeouts.check("attemptTimeout", timeout);
        return this;
    }

    /**
     * The largest value in bytes, as its codec writes it; the same at all nodes. By default 1 MiB, or what a {@link #transport} has
     * room for if that is less. Keys have at most 4 KiB. Where nodes differ, an operation on a value that this node, or too many
     * replicas, cannot take fails at once with {@link io.coterie.rpc.MessageTooLargeException}, or, if it may have been applied,
     * {@link io.coterie.replication.OutcomeUnknownException}; both name this setting.
     *
     * @param bytes 1 to 64 MiB
     */
    public CoterieBuilder maxValueBytes(int bytes) {
        if (bytes < 1 || bytes > MAX_VALUE_BYTES) {
            throw new IllegalArgumentException("maxValueBytes " + bytes + " is not within 1 to " + MAX_VALUE_BYTES);
        }
        maxValueBytes = bytes;
        maxValueGiven = true;
        return this;
    }

    /**
     * How many operations on stores and counters may be under way at this node, all together. What is past it fails at once
     * with {@link io.coterie.rpc.OverloadedException} and is not applied, so that a caller who does not wait cannot fill the
     * memory. By default 100,000; each holds its key and value until it ends. Strong stores refuse operations earlier, when they would
     * probably not end in time.
     *
     * @param operations 1 to 10,000,000
     */
    public CoterieBuilder maxOperations(int operations) {
        if (operations < 1 || operations > MAX_OPERATIONS) {
            throw new IllegalArgumentException("maxOperations " + operations + " is not within 1 to " + MAX_OPERATIONS);
        }
        maxOperations = operations;
        return this;
    }

    /**
     * Starts the node. A replica has read back its records and listens when this returns; it connects to the others, which
     * may be started later, in the background.
     *
     * @throws IllegalStateException if a setting is missing or contradicts another; the text names it
     * @throws io.coterie.rpc.ListenException if the replica's address is in use or not of this machine
     * @throws io.coterie.replication.storage.StorageException if the storage is in use, damaged or another replica's
     */
    public Coterie start() {
        if (cluster == null) {
            throw new IllegalStateException(
                    "cluster is missing: give the cluster's name, the same at all nodes, by cluster(name)");
        }
        if (self == null) {
            throw new IllegalStateException(
                    "self is missing: give this replica's name by self(name), or a client's by client(name)");
        }
        if (replicas.isEmpty()) {
            throw new IllegalStateException("replica is missing: list all replicas by replica(name, address)");
        }
        refuseMissingAddress();
        refuseSharedAddress();
        refuseOtherRole(self);
        if (storage != null && client) {
            throw new IllegalStateException("storage is set, but client " + self
                    + " keeps nothing: leave storage out, or give a replica's name by self(name)");
        }
        if (readOnly && !client) {
            throw new IllegalStateException(
                    "readOnly is set, but " + self
                            + " is a replica, which keeps what others write: leave readOnly out, or give a client's name by client(name)");
        }
        return Coterie.start(this, cluster, self);
    }

    private void refuseOtherRole(NodeId name) {
        if (client && replicas.containsKey(name)) {
            throw new IllegalStateException("client, " + name + ", is one of the replicas " + replicas.keySet()
                    + ": give it by self(name) if this node is that replica, or give the client a name of its own");
        }
        if (!client && !replicas.containsKey(name)) {
            throw new IllegalStateException("self, " + name + ", is not among the replicas " + replicas.keySet()
                    + ": correct it, or list it by replica(name, address); if this node is a client of them, give its name by"
                    + " client(name)");
        }
    }

    private void refuseMissingAddress() {
        replicas.forEach((id, address) -> {
            if (address == null && transport == null) {
                throw new IllegalStateException("replica " + id + " has no address: give it by replica(name, address)"
                        + " in place of replicas(...), or plug in a transport that needs none");
            }
        });
    }

    private void refuseSharedAddress() {
        Map<HostPort, NodeId> listeners = new HashMap<>();
        replicas.forEach((id, address) -> {
            NodeId other = address == null ? null : listeners.putIfAbsent(address, id);
            if (other != null && transport == null) {
                throw new IllegalStateException("replicas " + other + " and " + id + " are both listed at " + address
                        + ": give each the address that it listens on");
            }
        });
    }
}
