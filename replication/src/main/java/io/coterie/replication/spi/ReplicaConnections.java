package io.coterie.replication.spi;

import io.coterie.rpc.node.NodeId;
import java.util.Map;

/**
 * Whether a node reaches enough replicas for an operation to begin. It speeds up refusals, and
 * safety never depends on it.
 *
 * <p><em>Threading:</em> to be called on the node's loop, where the listeners are called, too.
 */
public interface ReplicaConnections {
    /**
     * Whether a majority of replicas is connected; a replica counts itself. If not, no operation
     * that needs a majority should begin. Always true where the transport does not report
     * connections.
     */
    boolean hasMajority();

    /**
     * Whether no majority has been connected for longer than {@code
     * ReplicationOptions.majorityGrace}, so that operations that wait for one are to be refused.
     */
    boolean isMajorityGivenUp();

    /**
     * Whether any replica is connected, or this node is one. If not, no operation that needs one
     * replica should begin.
     */
    boolean hasReplica();

    /**
     * Whether no replica has been connected for longer than {@code
     * ReplicationOptions.majorityGrace}, so that operations that wait for one are to be refused.
     */
    boolean isEachGivenUp();

    /**
     * Runs the listener on the loop when a majority is connected again, when a first replica is
     * connected again, and when the grace without a majority or without any replica ends.
     */
    void onConnectionChange(Runnable listener);

    /**
     * Sends something to replicas that are not connected, because an operation waits for them: some
     * transports connect only when there is something to send.
     */
    void seekReplicas();

    /** How each replica is connected, as the human-readable texts of errors list it. */
    Map<NodeId, String> connections();

    /**
     * Whether to wait further for the answer of a replica, however long it takes: something arrived
     * from it within the given time, and the transport reports lost answers.
     */
    boolean isSending(NodeId replica, long withinNanos);

    /** Whether the transport reports each request that is lost. May be called by any thread. */
    boolean reportsLoss();
}
