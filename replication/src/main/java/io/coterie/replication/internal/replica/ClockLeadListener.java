package io.coterie.replication.internal.replica;

import io.coterie.rpc.node.NodeId;

/** Learns of timestamps and ballots that are too far ahead of this node's clock. */
public interface ClockLeadListener {
    /** A node sent one, which was refused; it is so many milliseconds ahead. */
    void onLead(NodeId writer, long leadMillis);
}
