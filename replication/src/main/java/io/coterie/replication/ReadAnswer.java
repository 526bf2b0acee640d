package io.coterie.replication;

import org.jspecify.annotations.Nullable;

/**
 * What a replica has accepted for a key.
 *
 * @param accepted the ballot, {@link Ballot#NONE} if nothing was ever accepted
 * @param state the state accepted with it. Null if nothing was ever accepted, or if another replica was named to send it.
 *     Not to be changed
 */
public record ReadAnswer(Ballot accepted, byte @Nullable [] state) {
    /** Nothing was ever accepted. */
    static final ReadAnswer NOTHING = new ReadAnswer(Ballot.NONE, null);

    /** Whether a state was accepted that did not come along, as another replica was named to send it. */
    public boolean isBallotAlone() {
        return state == null && !accepted.equals(Ballot.NONE);
    }
}
