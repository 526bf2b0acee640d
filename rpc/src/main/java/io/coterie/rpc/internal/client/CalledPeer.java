package io.coterie.rpc.internal.client;

import io.coterie.rpc.RetryBudget;
import io.coterie.rpc.internal.util.PeerTable;
import io.coterie.rpc.node.NodeId;

/** The state of a peer whose methods this node calls. */
final class CalledPeer implements PeerTable.Entry {
    final NodeId id;
    RetryTokens retries;
    final CallIds callIds = new CallIds();

    /** Attempts that were sent and wait for their answer. */
    int attemptsInFlight;

    /** Calls that have begun and not ended, including those that wait for their next attempt. */
    int calls;

    CalledPeer(NodeId id, RetryBudget budget, long now) {
        this.id = id;
        this.retries = new RetryTokens(budget, now);
    }

    @Override
    public boolean isIdle() {
        return calls == 0 && attemptsInFlight == 0;
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
