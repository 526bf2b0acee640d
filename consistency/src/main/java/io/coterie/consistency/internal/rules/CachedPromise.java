package io.coterie.consistency.internal.rules;

import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.replication.spi.Ballot;

/**
 * A promise that lets this node propose without asking first: a majority has promised it the ballot
 * when it accepted the state, and none of them has accepted anything since. Good for one proposal.
 */
public record CachedPromise(Ballot ballot, RegisterState state) {
    /**
     * Whether the key was deleted so long ago that replicas may have forgotten it, and refuse the
     * ballot. Then the next change must ask first: one that was refused, and finds no trace of the
     * key, cannot know that it was not applied.
     *
     * @param ageMillis of the ballot; where that is below zero it is ahead of the time, and nobody
     *     knows when it was made
     */
    public boolean mayBeForgotten(long ageMillis) {
        return state.isTombstone() && (ageMillis < 0 || ageMillis > RegisterState.MIN_TOMBSTONE_AGE.toMillis() / 2);
    }
}
