package io.coterie.replication.internal.budget;

import io.coterie.replication.ReplicationLoop;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.error.OverloadedException;

/**
 * What bounds all stores of a node together. Used on the node's loop only, but for {@link
 * NodeLoad#refusal}.
 */
public interface StoreAdmission {
    /** That of a node. */
    static StoreAdmission of(ReplicationLoop loop) {
        return (StoreAdmission) loop;
    }

    /** What the stores keep in memory. */
    NodeMemory memory();

    /** What the stores have in flight. */
    NodeLoad load();

    /** The watches that the stores have open. */
    NodeWatches watches();

    /**
     * Checks that {@link ReplicationLoop#openStore} may be called for this store.
     *
     * @throws IllegalArgumentException if one of its names has an invisible character
     * @throws OverloadedException if this node has opened 10,000 other stores
     */
    void requireOpenable(StoreSpec store);
}
