package io.coterie.replication;

import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Voters;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A node's part in replication. A node that is a replica keeps records. Every node can ask all
 * replicas.
 *
 * <p>The application, or the facade for it, starts and closes it, and reads the state of replicas.
 *
 * <p><em>Threading:</em> any thread may call the methods of this type. What only the node's loop
 * may call is in {@link #loop()}.
 */
public final class Replication implements AutoCloseable {
    private static final int MAX_REPLICAS = Voters.MAX_REPLICAS;

    private final NodeReplication loop;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Replication(NodeReplication loop) {
        this.loop = loop;
    }

    /**
     * Starts replication on a node. A replica's records are read back before this returns, which
     * takes a read of its whole journal. The calling thread waits for the loop.
     *
     * @param replicas all replicas of the cluster, 1 to 64, the same at every node. A node that is
     *     among them is a replica itself; any other node only asks them. A node that {@linkplain
     *     ReplicationOptions#joining joins} need not know any but itself
     * @param storage where a replica keeps its records; unused at other nodes
     * @throws IllegalArgumentException if there is no replica, or more than 64, or one of them
     *     twice; or if the node is a replica and read-only
     * @throws StorageException if the storage is in use, damaged or another replica's
     * @throws ConfigurationMismatchException if the storage belongs to replicas with other names
     */
    public static Replication start(RpcNode node, List<NodeId> replicas, Storage storage, ReplicationOptions options) {
        if ((replicas.isEmpty() && options.joining().isEmpty())
                || replicas.size() > MAX_REPLICAS
                || replicas.stream().distinct().count() != replicas.size()) {
            throw new IllegalArgumentException(
                    "replicas " + replicas + ": list 1 to " + MAX_REPLICAS + " replicas, and none of them twice");
        }
        if (options.readOnly() && replicas.contains(node.self())) {
            throw new IllegalArgumentException("readOnly: node " + node.self() + " is one of the replicas " + replicas
                    + ", and a replica cannot be read-only");
        }
        return AwaitedTask.await(
                node.world(), () -> new Replication(NodeReplication.start(node, replicas, storage, options)));
    }

    /** This node's name. */
    public NodeId self() {
        return loop.self();
    }

    /** All replicas, in the order of the configuration. */
    public List<NodeId> replicas() {
        return loop.replicas();
    }

    /** The node that this replication runs on. */
    public RpcNode node() {
        return loop.node();
    }

    /** The node's time, loop and chance. */
    public World world() {
        return loop.world();
    }

    /** What only code on the node's loop may call; for policies. Always the same object. */
    public ReplicationLoop loop() {
        return loop;
    }

    /**
     * Whether this node only reads: replicas deny it every request that changes a record, also
     * those that only make replicas agree.
     */
    public boolean isReadOnly() {
        return loop.isReadOnly();
    }

    /** How long to wait before something that failed is tried again. */
    public RetryPolicy retry() {
        return loop.retry();
    }

    /** The state of this node's replica; null if this node is no replica. */
    public @Nullable ReplicaState localState() {
        return loop.localState();
    }

    /**
     * Why this node's replica does not vote, as a human-readable text; null if it votes, or if this
     * node is no replica.
     */
    public @Nullable String localProblem() {
        return loop.localProblem();
    }

    /**
     * Asks every replica once for its state.
     *
     * @param timeout after which a replica counts as one that did not answer
     * @return completes on the loop within the timeout, with an entry for each replica
     */
    public CompletableFuture<Map<NodeId, ReplicaReport>> reports(Duration timeout) {
        return loop.reports(timeout);
    }

    /**
     * Stops the replica and closes its storage; the node stays open. The calling thread waits for
     * the records that are being written. A second call does nothing.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        AwaitedTask.await(world(), () -> {
            loop.close();
            return this;
        });
    }
}
