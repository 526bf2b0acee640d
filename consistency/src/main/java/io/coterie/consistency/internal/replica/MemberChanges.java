package io.coterie.consistency.internal.replica;

import io.coterie.replication.Replication;
import io.coterie.replication.internal.change.Changes;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.internal.transfer.TransferLimits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Has this node's replica take part in changes of the members. */
public final class MemberChanges {
    private MemberChanges() {}

    /**
     * Begins, if the node is a replica, and continues until replication is closed. To be called
     * once for a node; may be called by any thread.
     *
     * @param address where the replica listens; empty where the transport needs none
     * @return null if the node is no replica
     */
    public static @Nullable Changes start(Replication replication, String address, TransferLimits limits) {
        return start(replication, address, limits, null);
    }

    /**
     * The same, and has spares take the place of dead members.
     *
     * @param autoReplace for how long a member is silent before that; null for never
     */
    public static @Nullable Changes start(
            Replication replication, String address, TransferLimits limits, @Nullable Duration autoReplace) {
        NodeReplication loop = NodeReplication.of(replication.loop());
        return loop.startChanges(new SettlingRounds(loop), address, limits, autoReplace);
    }
}
