package io.coterie.consistency;

import io.coterie.replication.Ballot;
import io.coterie.replication.HybridClock;

/**
 * What this node may propose without asking first: a majority has promised it the ballot when it accepted the state, and
 * none of them has accepted anything since. Good for one proposal.
 */
record Held(Ballot ballot, RegisterState state) {
    /**
     * Whether the key was deleted so long ago that replicas may have forgotten it, and refuse the ballot: to be found out by
     * asking first, as a change that was refused, and finds no trace of the key, can't tell that it was not applied.
     *
     * @param now a ballot made now, by the same node
     */
    boolean mayBeForgotten(Ballot now) {
        long age = HybridClock.millis(now.counter()) - HybridClock.millis(ballot.counter());
        return state.isTombstone() && age > TombstoneCollector.PERIOD.toMillis() / 2;
    }
}
