package io.coterie.replication.internal.replica;

import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import org.jspecify.annotations.Nullable;

/**
 * Whether a replica serves requests of a partition. To be called on the replica's loop.
 *
 * <p>An answer counts only for the group of replicas that its caller knows: majorities of two
 * groups need not share a replica.
 */
public interface PartitionGate {
    /** Refuses everything: nobody has named a partition to the replica yet. */
    PartitionGate CLOSED = (since, incarnation) ->
            new ReplicaRefusal(RefusalKind.OTHER_EPOCH, "no configuration of the cluster has come to this replica yet");

    /**
     * Why a request is refused; null if it is served.
     *
     * @param since the epoch of the last change of the partition, as the caller knows it
     * @param incarnation the incarnation that the request is meant for
     */
    @Nullable
    ReplicaRefusal refusal(long since, long incarnation);
}
