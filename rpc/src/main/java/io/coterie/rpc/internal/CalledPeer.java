package io.coterie.rpc.internal;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.RetryBudget;

/** What a node keeps of a peer as a caller of its methods. */
final class CalledPeer {
    final NodeId id;
    final RetryTokens retries;
    final CallIds callIds = new CallIds();
    int callsUnderWay;

    CalledPeer(NodeId id, RetryBudget budget, long now) {
        this.id = id;
        this.retries = new RetryTokens(budget, now);
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
