package io.coterie.consistency;

import io.coterie.replication.Ballot;

/**
 * What this node may propose without asking first: a majority has promised it the ballot when it accepted the state, and
 * none of them has accepted anything since. Good for one proposal.
 */
record Held(Ballot ballot, RegisterState state) {
    /** What it takes in memory, roughly. */
    int weight() {
        byte[] value = state.value();
        return 200 + (value == null ? 0 : value.length) + 40 * state.outcomes().size();
    }
}
