package io.coterie.replication.internal.quorum;

import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.NodeLoop;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.PeerUnavailableException;
import io.coterie.rpc.error.RemoteException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which replicas a node asks, and when it asks again: the voters, this node's index among them, and
 * the timeouts.
 */
public final class QuorumContext {
    private final RpcNode node;
    private final NodeLoop loop;
    private final World world;
    private final String replicaNames;
    private final RetryPolicy retry;
    private final long attemptNanos;
    private final boolean reportsLoss;
    private Consumer<NodeId> otherConfiguration = replica -> {};
    private Function<NodeId, @Nullable String> whyUnknown = replica -> null;
    private final RunningRequests running = new RunningRequests();
    private final List<BiConsumer<Voters, Voters>> listeners = new ArrayList<>();
    private volatile VotersHere here;

    /**
     * The context of a node.
     *
     * @param replicas 1 to 64
     * @param names the names of all replicas that this node was given, which may be others
     * @param retry how long to wait before a failed request is sent again
     * @param attemptNanos how long to wait for an answer where nothing else bounds the wait
     */
    public QuorumContext(
            RpcNode node, List<NodeId> replicas, List<NodeId> names, RetryPolicy retry, long attemptNanos) {
        this.node = node;
        this.loop = node.loop();
        this.world = node.world();
        this.here = new VotersHere(Voters.stable(replicas), node.self());
        this.replicaNames = names.stream().map(NodeId::name).sorted().collect(Collectors.joining(", "));
        this.retry = retry;
        this.attemptNanos = attemptNanos;
        this.reportsLoss = node.reportsLoss();
    }

    RpcNode node() {
        return node;
    }

    /** What the loop alone may call of the node. */
    NodeLoop loop() {
        return loop;
    }

    NodeId self() {
        return node.self();
    }

    World world() {
        return world;
    }

    /** The replicas that requests ask from now on. May be called by any thread. */
    public Voters voters() {
        return here.voters();
    }

    /** The same as this node sees them. */
    VotersHere here() {
        return here;
    }

    /** Sets who hears that a replica knows another configuration than this node. */
    public void onOtherConfiguration(Consumer<NodeId> listener) {
        otherConfiguration = listener;
    }

    /**
     * Sets who knows why a replica stands for members that are not known yet.
     *
     * @param why gives null for any other replica
     */
    public void explainUnknown(Function<NodeId, @Nullable String> why) {
        whyUnknown = why;
    }

    /** A replica has refused a request, because it knows another configuration. */
    void refusedBy(NodeId replica) {
        otherConfiguration.accept(replica);
    }

    /** The requests that are running. */
    RunningRequests running() {
        return running;
    }

    /**
     * From now on requests ask these replicas. Those that are running end, and their collectors
     * hear of it in later turns of the loop, in the order in which the requests began. Listeners
     * are notified before this returns.
     */
    public void change(Voters voters) {
        Voters before = voters();
        here = new VotersHere(voters, node.self());
        running.endAll().forEach(request -> world.scheduler().execute(request::votersChanged));
        // A listener may open a store, which adds a listener.
        List.copyOf(listeners).forEach(listener -> listener.accept(before, voters));
    }

    /**
     * The listener gets the voters before and after each change. It may only bring its own state
     * up to date: others may not have heard of the change yet. What it has to begin it leaves to a
     * later turn of the loop.
     */
    public void onChange(BiConsumer<Voters, Voters> listener) {
        listeners.add(listener);
    }

    /** All replicas that requests ask. */
    public List<NodeId> replicas() {
        return voters().replicas();
    }

    /** The replicas except this node. */
    public List<NodeId> otherReplicas() {
        return here.others();
    }

    /**
     * The names of all replicas that this node was given at its start, sorted, as a text that
     * replicas compare with theirs.
     */
    public String replicaNames() {
        return replicaNames;
    }

    /** The index of a node among the replicas, or -1 if it is none. */
    int indexOf(NodeId other) {
        return voters().indexOf(other);
    }

    /** The index of this node among the replicas, or -1 if it is none. */
    public int selfIndex() {
        return here.self();
    }

    /** How long to wait before a failed request is sent again. */
    public RetryPolicy retry() {
        return retry;
    }

    /** How long to wait for an answer where nothing else bounds it. */
    public long attemptNanos() {
        return attemptNanos;
    }

    /**
     * How long to wait for an answer before the replica is asked again. Where the transport reports
     * loss, a replica is never asked again for slowness: the answer is in flight, and a copy of
     * the request would make it slower.
     *
     * @param left the time until the request's deadline, in nanoseconds
     */
    public long attemptNanos(long left) {
        return reportsLoss ? left : Math.min(left, attemptNanos);
    }

    /** Whether the transport reports each request that is lost. */
    public boolean reportsLoss() {
        return reportsLoss;
    }

    /** Why a replica is not connected, as a human-readable text. */
    String describeUnconnected(NodeId replica) {
        String unknown = whyUnknown.apply(replica);
        if (unknown != null) {
            return unknown;
        }
        String why = node.lastFailure(replica);
        return why == null ? "not connected" : "not connected: " + why;
    }

    /** What a failed call means, as a human-readable text. */
    String describe(NodeId peer, RpcException failure) {
        if (failure instanceof PeerUnavailableException) {
            return describeUnconnected(peer);
        }
        if (RefusalKind.of(failure) == RefusalKind.TOO_LARGE) {
            return "a message exceeds the limit of one of the two nodes (this one accepts " + node.maxPayloadBytes()
                    + " bytes; " + failure.getMessage()
                    + "): set maxValueBytes to the same at all nodes, and no lower than the largest value";
        }
        if (failure instanceof RemoteException remote) {
            return remote.remoteMessage();
        }
        return String.valueOf(failure.getMessage());
    }
}
