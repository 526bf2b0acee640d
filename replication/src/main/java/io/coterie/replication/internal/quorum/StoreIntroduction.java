package io.coterie.replication.internal.quorum;

import io.coterie.rpc.node.NodeId;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Has a replica record a store that it does not know. */
@FunctionalInterface
interface StoreIntroduction {
    /**
     * Introduces a store.
     *
     * @param store its number
     * @param then gets null once the replica has recorded it, or else the problem
     * @return false if this node does not know the store either: then nothing is done
     */
    boolean introduce(NodeId replica, long store, Consumer<@Nullable String> then);
}
