package io.coterie.replication;

import io.coterie.rpc.NodeId;
import java.util.Map;

/** A request on its way to all replicas. Only to be used on the loop. */
public interface QuorumCall {
    /** Sends nothing again and hands over no more answers. What was sent may still take effect. */
    void cancel();

    /** What each replica said so far, for people. */
    Map<NodeId, String> said();
}
