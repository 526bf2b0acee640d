package io.coterie;

import io.coterie.failuredetector.FailureDetection;
import io.coterie.internal.settings.Timeouts;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.internal.transfer.TransferLimits;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.IdleStrategy;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.Security;
import io.coterie.rpc.internal.settings.Option;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The options of a node. {@link #cluster}, {@link #self} or {@link #client}, and at least one
 * {@link #replica} are required; a client that is {@link #joining} needs no replica. Every other
 * option has a default.
 *
 * <p>Each option is given at most once: a second value throws {@link IllegalStateException}, which
 * shows both. A null throws {@link NullPointerException}, which names the option. A value out of
 * range throws {@link IllegalArgumentException} at once. Options that contradict each other are
 * refused by {@link #start()}, so the order of the calls does not matter.
 *
 * <p>{@link #start()} may be called again, to start the same node anew.
 *
 * <p><em>Threading:</em> not safe for use by several threads at once.
 */
public final class CoterieBuilder {
    private static final int MAX_VALUE_BYTES = 64 << 20;
    private static final int MAX_OPERATIONS = 10_000_000;
    private static final int MAX_ADDRESSES = 64;

    /** The replicas; the address is null where only a transport knows how to reach them. */
    final Map<NodeId, @Nullable HostPort> replicas = new LinkedHashMap<>();

    final Option<HostPort> bind = new Option<>("bind");
    final Option<List<HostPort>> joining = new Option<>("joining");
    final Option<Transport> transport = new Option<>("transport");
    final Option<Executor> executor = new Option<>("executor");
    final Option<Storage> storage = new Option<>("storage");
    final Option<Security> security = Option.withDefault("security", Security.none());
    final Option<IdleStrategy> idle = Option.withDefault("idle", IdleStrategy.block());
    final Option<FailureDetection> failureDetector =
            Option.withDefault("failureDetector", FailureDetection.phiAccrual());
    final Option<Duration> majorityGrace = new Option<>("majorityGrace");
    final Option<Duration> keepalive = new Option<>("keepalive");
    final Option<Duration> autoReplace = new Option<>("autoReplace");
    final Option<RetryPolicy> retry = Option.withDefault(
            "retry",
            RetryPolicy.exponential(Duration.ofMillis(5), Duration.ofSeconds(1)).withJitter());
    final Option<Duration> operationTimeout = Option.withDefault("operationTimeout", Duration.ofSeconds(5));
    final Option<Duration> attemptTimeout =
            Option.withDefault("attemptTimeout", ReplicationOptions.defaults().attemptTimeout());
    final Option<Integer> maxValueBytes = Option.withDefault("maxValueBytes", 1 << 20);
    final Option<Integer> maxOperations = Option.withDefault("maxOperations", 100_000);

    /** Whether the node only reads. */
    boolean readOnly;

    /** Wraps the node that everything else uses: tests give it another clock by this. */
    UnaryOperator<RpcNode> around = UnaryOperator.identity();

    /** How records are transferred to a newcomer: benchmarks choose other limits. */
    TransferLimits transfers = TransferLimits.DEFAULT;

    private final Option<String> cluster = new Option<>("cluster");

    /** This node's name. */
    @Nullable
    NodeId self;

    /** Whether the name was given as that of a client. */
    private boolean client;

    CoterieBuilder() {}

    /**
     * The cluster's name, the same at all its nodes: a node of another cluster is refused when it
     * connects. Required.
     *
     * @param name 1 to 64 characters out of letters, digits, {@code . _ -}
     * @throws IllegalArgumentException if the name is not of that form
     * @throws IllegalStateException if the cluster is already set
     */
    public CoterieBuilder cluster(String name) {
        RpcNode.builder().cluster(Objects.requireNonNull(name, "cluster must not be null"));
        cluster.set(name);
        return this;
    }

    /**
     * This node's name, if it is a replica: one of those given by {@link #replica}. Required,
     * unless {@link #client} is given.
     *
     * @param name as for {@link NodeId}
     * @throws IllegalArgumentException if it is no name of a node
     * @throws IllegalStateException if this node is already named, by this method or by {@link
     *     #client}
     */
    public CoterieBuilder self(String name) {
        return name("self", name, false);
    }

    /**
     * This node's name, if it is a client. A client keeps no records; it asks the replicas.
     * Required, unless {@link #self} is given.
     *
     * @param name as for {@link NodeId}; not the name of a replica, nor of another node that runs
     *     at the same time
     * @throws IllegalArgumentException if it is no name of a node
     * @throws IllegalStateException if this node is already named, by this method or by {@link
     *     #self}
     */
    public CoterieBuilder client(String name) {
        return name("client", name, true);
    }

    private CoterieBuilder name(String option, String given, boolean asClient) {
        NodeId id = NodeId.of(Objects.requireNonNull(given, () -> option + " must not be null"));
        if (self != null && client != asClient) {
            throw new IllegalStateException("self and client are both set, to " + (client ? id : self) + " and to "
                    + (client ? self : id) + "; give self if this node is a replica, or else client");
        }
        if (self != null) {
            throw Option.setTwice(option, self, id);
        }
        self = id;
        client = asClient;
        return this;
    }

    /**
     * The node is a client that only reads, as a {@link io.coterie.rpc.node.Role#READER reader} at
     * the replicas may: gets, scans and watches. An operation that would change something, locks
     * included, fails at once with {@link io.coterie.rpc.error.NotPermittedException}. Stores must
     * have been opened by another node before. Strong reads are as linearizable as those of other
     * nodes: where one finds a change that was left halfway, a replica finishes it in the node's
     * place. Eventual reads bring no replica up to date. Default: the node may write.
     *
     * <p>This option binds this node only. The replicas enforce it by a choice of theirs: {@link
     * Security#readOnly} or {@link Security#withReaderSecret}. A node that they take for a reader,
     * and that was not given this option, reads worse: a read that needs a replica to be brought up
     * to date fails when its time is over.
     *
     * @throws IllegalStateException if the node is already read-only
     */
    public CoterieBuilder readOnly() {
        if (readOnly) {
            throw new IllegalStateException("readOnly is set twice; set it once");
        }
        readOnly = true;
        return this;
    }

    /**
     * Adds a replica. All nodes of a cluster list the same replicas. At least one is required.
     *
     * @param name as for {@link NodeId}
     * @param address where the other nodes reach the replica, as in {@code 10.0.0.1:7400}; this
     *     node's own is also the address that it listens on, unless {@link #bind} has another
     * @throws IllegalArgumentException if the name or the address is not of its form, if the port
     *     is 0, or if the replica is listed already; then the text shows both addresses
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
     * The address of this machine that the replica listens on, where that is not the one at which
     * the others reach it: behind a port mapping, on all interfaces, or where this machine cannot
     * resolve its own host name. The address of the {@link #replica} line is then never looked up
     * here. Default: that address, which must be one of this machine when the node starts.
     *
     * @param address as in {@code 0.0.0.0:7400}, or {@code [::]:7400} for all interfaces
     * @throws IllegalArgumentException if it is not of its form, or if the port is 0
     * @throws IllegalStateException if it is already set
     */
    public CoterieBuilder bind(String address) {
        bind.set(parse("bind", Objects.requireNonNull(address, "bind must not be null")));
        return this;
    }

    /**
     * Where this node finds its cluster, if it does not know the members. It asks who is at these
     * addresses, and learns the members, with their names and addresses, from any of them that is
     * one. They need not be members, nor all be there: one that knows the members is enough. With
     * this option a node <em>never founds</em> a cluster, whatever its directory has and whichever
     * replicas are listed.
     *
     * <p>A replica has its own {@link #replica} line, which is where the others reach it, and needs
     * no other. It waits until a member {@linkplain Members#add adds} it, as {@link Members} says;
     * if its name is that of a member that has lost its records, it heals by itself. A {@link
     * #client} needs no replica line. If a directory knows the members already, the addresses help
     * to find them where they have moved. Lines for other replicas have the same use, and found
     * nothing.
     *
     * <p>The node looks for as long as it does not know the members, and after that while one of
     * them is not connected: with pauses of up to 2 s at first, and of up to 30 s later. {@link
     * Coterie#status} and the log, once a minute, say what it meets.
     *
     * @param addresses 1 to 64, as in {@code orders.default.svc:7400}; a host may have several
     *     addresses, and this node's own may be among them, but must not be the only one. Whoever
     *     answers there is trusted as far as {@link #security} demands it of any node that is
     *     dialed
     * @throws IllegalArgumentException if there is none, or there are too many, if one is not of
     *     its form, or if a port is 0
     * @throws IllegalStateException if it is already set
     */
    public CoterieBuilder joining(String... addresses) {
        Objects.requireNonNull(addresses, "joining must not be null");
        if (addresses.length < 1 || addresses.length > MAX_ADDRESSES) {
            throw new IllegalArgumentException("joining with " + addresses.length + " addresses: give 1 to "
                    + MAX_ADDRESSES + " at which nodes of the cluster listen");
        }
        Set<HostPort> given = new LinkedHashSet<>();
        for (String address : addresses) {
            given.add(parse("joining", Objects.requireNonNull(address, "address of joining must not be null")));
        }
        joining.set(List.copyOf(given));
        return this;
    }

    private static HostPort parse(String option, String address) {
        HostPort given;
        try {
            given = HostPort.parse(address);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        }
        if (given.port() == 0) {
            throw new IllegalArgumentException(option + ": port 0 of " + given
                    + " is any free port, which the other nodes could not know; give a fixed one, 1 to 65535");
        }
        return given;
    }

    /**
     * Adds replicas that have no address, as a {@link #transport} reaches them by their names.
     *
     * @param names as for {@link NodeId}
     * @throws IllegalArgumentException if one is no name of a node, or is listed already
     */
    public CoterieBuilder replicas(String... names) {
        for (String name : Objects.requireNonNull(names, "names of the replicas must not be null")) {
            NodeId id = NodeId.of(Objects.requireNonNull(name, "name of the replica must not be null"));
            if (replicas.containsKey(id)) {
                throw new IllegalArgumentException("replica " + name + " is listed twice");
            }
            replicas.put(id, null);
        }
        return this;
    }

    /**
     * Where this node keeps its records if it is a replica. Default: {@link Storage#memory()}. The
     * records are then gone with the process. A replica that is started again without them gets
     * those of the others, and votes again, while a majority of the members works. If a majority is
     * gone, all must be stopped and started together, and everything is lost.
     *
     * <p>A {@linkplain Storage#directory directory} also has the key by which the replica proves
     * its name to the others under a shared secret without mutual TLS.
     *
     * @throws IllegalStateException if the storage is already set
     */
    public CoterieBuilder storage(Storage storage) {
        this.storage.set(storage);
        return this;
    }

    /**
     * How a node distinguishes a failed peer from a slow one. Default: {@link
     * FailureDetection#phiAccrual()}.
     *
     * @throws IllegalStateException if the failure detector is already set
     */
    public CoterieBuilder failureDetector(FailureDetection failureDetector) {
        this.failureDetector.set(failureDetector);
        return this;
    }

    /**
     * After which silence a connection over TCP is given up and opened again. Default: 10 s. Range:
     * 100 ms to 1 h. Nodes may differ; but below 3 s, it should be the same at nodes that send each
     * other messages which take longer than that.
     *
     * <p>It finds a link that was cut without a report, which may break in one direction alone. An
     * operation that waits for an answer over such a link continues when the connection is given
     * up. A process that stands still for longer loses its connections, so choose more than the
     * longest pause. It says nothing of when a peer is suspected: that is the {@link
     * #failureDetector}.
     *
     * @throws IllegalArgumentException if the time is out of range
     * @throws IllegalStateException if it is already set
     * @see RpcNodeBuilder#keepalive
     */
    public CoterieBuilder keepalive(Duration silence) {
        RpcNode.builder().keepalive(silence);
        keepalive.set(silence);
        return this;
    }

    /**
     * How long to wait before a replica that did not answer is asked again, and before a lost
     * connection is tried again. Default: 5 ms, doubling to 1 s, with jitter. An operation is tried
     * until its timeout. A wait ends early where a replica that was silent is heard of again, or
     * another one is connected again.
     *
     * @throws IllegalArgumentException if the policy bounds the number of attempts: a node must not
     *     give up on a replica
     * @throws IllegalStateException if the retry policy is already set
     */
    public CoterieBuilder retry(RetryPolicy policy) {
        Objects.requireNonNull(policy, "retry must not be null");
        if (policy.maxAttempts() != Integer.MAX_VALUE) {
            throw new IllegalArgumentException("retry: " + policy + " would give up on a replica for good; leave"
                    + " withMaxAttempts out, and bound an operation by operationTimeout");
        }
        retry.set(policy);
        return this;
    }

    /**
     * Has a spare take the place of a member that has been silent for so long. A spare is a replica
     * that was started with an empty directory and was never a member. Default: members are
     * replaced by hand only, by {@link Members#replace}. Range: 10 s to 1 day.
     *
     * <p>A member counts as silent where a majority of all members has heard nothing from it for so
     * long, and none of those that answer has. Without a spare nothing changes, and the log says at
     * WARN what to do. Give all replicas the same. Where they differ, those without it neither act
     * nor count, and each of the others waits for its own time.
     *
     * <p>Any node that may write can make itself known as a spare. Turn it on only where each such
     * node is trusted like a replica.
     *
     * @throws IllegalArgumentException if the time is out of range
     * @throws IllegalStateException if it is already set
     */
    public CoterieBuilder autoReplace(Duration silence) {
        autoReplace.set(Timeouts.checkSilence("autoReplace", silence));
        return this;
    }

    /**
     * How long an operation of a strong store waits to begin while this node has connections to
     * fewer than a majority of the replicas. An operation that needs a single replica (of an
     * eventual store, or a weak read) waits as long while the node has none. When the grace is over
     * the operation fails, and is not applied. The grace is counted from the moment when the
     * majority, or the last replica, was lost: an operation that is called after the grace fails at
     * once.
     *
     * <p>Default: ten heartbeats of the {@linkplain #failureDetector failure detector}, which are 1
     * s unless you choose others. Range: 0 s, which waits for nothing, to 1 h.
     *
     * <p>An operation that had begun before continues until its timeout. A replica counts as
     * connected until its connection ends or the failure detector takes it for {@linkplain
     * io.coterie.failuredetector.PeerState#isGone gone}, after some 1.3 s of silence by default. Over
     * a transport that does not report connections only the failure detector counts.
     *
     * @throws IllegalArgumentException if the grace is out of range
     * @throws IllegalStateException if the grace is already set
     */
    public CoterieBuilder majorityGrace(Duration grace) {
        majorityGrace.set(Timeouts.checkGrace("majorityGrace", grace));
        return this;
    }

    /**
     * How nodes prove who they are, and whether messages are encrypted; the same mode at all nodes.
     * Default: {@link Security#none()}. With the default, let only the cluster's own machines reach
     * the replicas' ports.
     *
     * @throws IllegalStateException if the security is already set
     */
    public CoterieBuilder security(Security security) {
        this.security.set(security);
        return this;
    }

    /**
     * What the node's thread does when it has no work: sleep at once, or poll for a bounded time
     * first. Polling answers single operations sooner, and keeps a processor busy: choose it only
     * where processors are spare. Default: {@link IdleStrategy#block()}.
     *
     * @throws IllegalStateException if the idle strategy is already set
     */
    public CoterieBuilder idle(IdleStrategy strategy) {
        idle.set(strategy);
        return this;
    }

    /**
     * Carries messages instead of TCP. Replicas then need no addresses ({@link #replicas}), and the
     * transport, not {@link #security}, protects the messages. The node closes the transport when
     * it is closed. Default: TCP.
     *
     * @param transport its {@link Transport#maxMessageBytes()} bounds values: a message has up to
     *     16 KiB around one
     * @throws IllegalStateException if the transport is already set
     */
    public CoterieBuilder transport(Transport transport) {
        this.transport.set(transport);
        return this;
    }

    /**
     * Runs users' functions of {@link Store#update}, watch listeners and leadership listeners. All
     * of them may block. The three kinds share the executor, and the node does not close it.
     *
     * <p>Default: a virtual thread for each call where the JVM has them (21 and later). Otherwise
     * each of the three kinds has up to 64 threads of its own, so that no kind waits for another. A
     * call that has run for more than 1 s does not count against the 64, up to 512 threads of a
     * kind. Where more calls of a kind block, give an executor with as many threads.
     *
     * @throws IllegalStateException if the executor is already set
     */
    public CoterieBuilder executor(Executor executor) {
        this.executor.set(executor);
        return this;
    }

    /**
     * How long an operation is tried before it fails, unless a store, or a single call, has another
     * timeout by {@link Store#withTimeout}. Default: 5 s. Range: above 0 s, at most 1 h.
     *
     * @throws IllegalArgumentException if the timeout is out of range
     * @throws IllegalStateException if the timeout is already set
     */
    public CoterieBuilder operationTimeout(Duration timeout) {
        operationTimeout.set(Timeouts.check("operationTimeout", timeout));
        return this;
    }

    /**
     * After how long without an answer a replica is asked again. Default: 500 ms. Range: above 0 s,
     * at most 1 h.
     *
     * <p>It matters only where messages are lost without a report, as by a {@link #transport} that
     * does not {@linkplain Transport#reportsLoss() report losses}. Over TCP a replica is asked
     * again when its connection was lost, and never before. If the timeout is much shorter than the
     * time to carry the largest value, values are sent again that are still in flight.
     *
     * @throws IllegalArgumentException if the timeout is out of range
     * @throws IllegalStateException if the timeout is already set
     */
    public CoterieBuilder attemptTimeout(Duration timeout) {
        attemptTimeout.set(Timeouts.check("attemptTimeout", timeout));
        return this;
    }

    /**
     * The largest value in bytes, as its codec writes it; the same at all nodes. Default: 1 MiB, or
     * as much as a {@link #transport} has room for if that is less. Range: 1 to 64 MiB. A key has
     * at most 4 KiB, whatever this option is.
     *
     * <p>Where nodes differ, an operation on a value that this node, or too many replicas, cannot
     * take fails at once with {@link io.coterie.rpc.error.MessageTooLargeException}, or, if it may
     * have been applied, with {@link io.coterie.replication.OutcomeUnknownException}. Both name
     * this option.
     *
     * @throws IllegalArgumentException if the number is out of range
     * @throws IllegalStateException if the number is already set
     */
    public CoterieBuilder maxValueBytes(int bytes) {
        if (bytes < 1 || bytes > MAX_VALUE_BYTES) {
            throw new IllegalArgumentException("maxValueBytes " + bytes + " is not within 1 to " + MAX_VALUE_BYTES);
        }
        maxValueBytes.set(bytes);
        return this;
    }

    /**
     * How many operations on stores and counters may be in flight at this node, all together. As
     * many calls of coordination may be in flight besides. Default: 100,000. Range: 1 to
     * 10,000,000. Each operation holds its key and value until it ends.
     *
     * <p>One more fails at once with {@link io.coterie.rpc.error.OverloadedException} and is not
     * applied, so that a caller who does not wait cannot fill the memory. Strong stores refuse an
     * operation earlier when it would probably not end in time.
     *
     * @throws IllegalArgumentException if the number is out of range
     * @throws IllegalStateException if the number is already set
     */
    public CoterieBuilder maxOperations(int operations) {
        if (operations < 1 || operations > MAX_OPERATIONS) {
            throw new IllegalArgumentException("maxOperations " + operations + " is not within 1 to " + MAX_OPERATIONS);
        }
        maxOperations.set(operations);
        return this;
    }

    /**
     * Starts the node. When this returns, a replica has read its records back and listens. It
     * connects to the other replicas in the background; they may be started later.
     *
     * @throws IllegalStateException if an option is missing or contradicts another; the text names
     *     it
     * @throws io.coterie.rpc.error.ListenException if the address that the replica listens on is in
     *     use, not of this machine or not known here; the text says whether {@link #bind} helps
     * @throws io.coterie.replication.storage.StorageException if the storage is in use, damaged or
     *     another replica's
     */
    public Coterie start() {
        String named = cluster.given();
        if (named == null) {
            throw new IllegalStateException(
                    "cluster is missing: give the cluster's name, the same at all nodes, by cluster(name)");
        }
        if (self == null) {
            throw new IllegalStateException(
                    "self is missing: give this replica's name by self(name), or a client's by client(name)");
        }
        refuseJoiningNobody(self);
        if (replicas.isEmpty() && !joining.isGiven()) {
            throw new IllegalStateException("replica is missing: list all replicas by replica(name, address)");
        }
        refuseMissingAddress();
        refuseSharedAddress();
        refuseOtherRole(self);
        if (storage.isGiven() && client) {
            throw new IllegalStateException("storage is set, but client " + self
                    + " keeps no records: leave storage out, or give a replica's name by self(name)");
        }
        if (autoReplace.isGiven() && client) {
            throw new IllegalStateException("autoReplace is set, but client " + self
                    + " is no member that could replace another: leave it out, or give a replica's name by self(name)");
        }
        refuseWhatOnlyTcpNeeds(self);
        if (readOnly && !client) {
            throw new IllegalStateException("readOnly is set, but " + self
                    + " is a replica, which keeps what others write: leave readOnly out, or give a client's name by"
                    + " client(name)");
        }
        return Coterie.start(this, named, self);
    }

    private void refuseJoiningNobody(NodeId name) {
        List<HostPort> addresses = joining.given();
        if (addresses == null) {
            return;
        }
        if (transport.isGiven()) {
            throw new IllegalStateException("joining is set together with transport, which finds nodes by their names:"
                    + " list the members by replicas(names) in place of joining");
        }
        if (!client && !replicas.containsKey(name)) {
            throw new IllegalStateException(
                    "self, " + name + ", has no address: give the one at which the others are to"
                            + " reach this replica by replica(\"" + name
                            + "\", address); if this node is a client, give its name"
                            + " by client(name)");
        }
        HostPort own = replicas.get(name);
        if (own != null && addresses.equals(List.of(own))) {
            throw new IllegalStateException(
                    "joining has no address but " + own + ", which is this node's own, and a node"
                            + " that joins founds no cluster: add addresses of other nodes, or leave joining out at a replica"
                            + " that is to found the cluster");
        }
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

    private void refuseWhatOnlyTcpNeeds(NodeId name) {
        if (bind.isGiven() && client) {
            throw new IllegalStateException("bind is set, but client " + name
                    + " only dials the replicas: leave bind out, or give a replica's name by self(name)");
        }
        if (bind.isGiven() && transport.isGiven()) {
            throw new IllegalStateException("bind is set together with transport, which takes connections itself:"
                    + " leave one of the two out");
        }
        if (keepalive.isGiven() && transport.isGiven()) {
            throw new IllegalStateException("keepalive is set together with transport, which keeps its connections"
                    + " itself: leave one of the two out");
        }
    }

    private void refuseMissingAddress() {
        replicas.forEach((id, address) -> {
            if (address == null && !transport.isGiven()) {
                throw new IllegalStateException("replica " + id + " has no address: give it by replica(name, address)"
                        + " in place of replicas(...), or plug in a transport that needs none");
            }
        });
    }

    private void refuseSharedAddress() {
        Map<HostPort, NodeId> listeners = new HashMap<>();
        replicas.forEach((id, address) -> {
            NodeId other = address == null ? null : listeners.putIfAbsent(address, id);
            if (other != null && !transport.isGiven()) {
                throw new IllegalStateException("replicas " + other + " and " + id + " are both listed at " + address
                        + ": give each the address that it listens on");
            }
        });
    }
}
