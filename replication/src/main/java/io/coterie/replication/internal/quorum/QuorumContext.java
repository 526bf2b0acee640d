package io.coterie.replication.internal.quorum;

import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.rpc.NodeLoop;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.PeerUnavailableException;
import io.coterie.rpc.error.RemoteException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which replicas a node asks, and when it asks again: the replicas, this node's index among them,
 * and the timeouts. Immutable.
 */
public final class QuorumContext {
    private final RpcNode node;
    private final NodeLoop loop;
    private final World world;
    private final List<NodeId> replicas;
    private final List<NodeId> otherReplicas;
    private final String replicaNames;
    private final int selfIndex;
    private final long allBits;
    private final long otherBits;
    private final RetryPolicy retry;
    private final long attemptNanos;
    private final boolean reportsLoss;

    /**
     * The context of a node.
     *
     * @param replicas at most 64
     * @param retry how long to wait before a failed request is sent again
     * @param attemptNanos how long to wait for an answer where nothing else bounds the wait
     */
    public QuorumContext(RpcNode node, List<NodeId> replicas, RetryPolicy retry, long attemptNanos) {
        this.node = node;
        this.loop = node.loop();
        this.world = node.world();
        this.replicas = List.copyOf(replicas);
        this.replicaNames = replicas.stream().map(NodeId::name).sorted().collect(Collectors.joining(", "));
        this.selfIndex = replicas.indexOf(node.self());
        this.allBits = -1L >>> (Long.SIZE - replicas.size());
        this.otherBits = selfIndex < 0 ? allBits : allBits & ~(1L << selfIndex);
        this.otherReplicas =
                replicas.stream().filter(other -> !other.equals(node.self())).toList();
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

    /** All replicas, in the order of the configuration. */
    public List<NodeId> replicas() {
        return replicas;
    }

    /** The replicas except this node. */
    public List<NodeId> otherReplicas() {
        return otherReplicas;
    }

    /** The names of all replicas, sorted, as a text that replicas compare with theirs. */
    public String replicaNames() {
        return replicaNames;
    }

    /** The index of a node among the replicas, or -1 if it is none. */
    int indexOf(NodeId other) {
        for (int i = 0; i < replicas.size(); i++) {
            if (replicas.get(i).equals(other)) {
                return i;
            }
        }
        return -1;
    }

    /** The index of this node among the replicas, or -1 if it is none. */
    public int selfIndex() {
        return selfIndex;
    }

    /** A bit for each replica. */
    long allBits() {
        return allBits;
    }

    /** A bit for each replica except this node. */
    long otherBits() {
        return otherBits;
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
