package io.coterie.replication.internal.change;

import io.coterie.rpc.node.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * What is to change.
 *
 * @param leaving the member that goes; null if none does
 * @param newcomer the replica that comes; null if none does
 * @param force whether to do it although a member is alive, or no vote is left to spare
 */
public record ChangeRequest(
        @Nullable NodeId leaving, @Nullable Newcomer newcomer, boolean force) {
    /**
     * A replica that is to become a member.
     *
     * @param address where it listens, as host and port; empty where the transport needs none
     */
    public record Newcomer(NodeId node, String address) {}

    public ChangeRequest {
        if (leaving == null && newcomer == null) {
            throw new IllegalArgumentException("a change in which nobody comes and nobody goes");
        }
    }

    @Override
    public String toString() {
        if (newcomer == null) {
            return "remove " + leaving;
        }
        return leaving == null ? "add " + newcomer.node() : "replace " + leaving + " by " + newcomer.node();
    }
}
