package io.coterie.replication;

import org.jspecify.annotations.Nullable;

/**
 * What a replica has accepted for a key.
 *
 * @param accepted the ballot, {@link Ballot#NONE} if nothing was ever accepted
 * @param state the state accepted with it; null exactly if nothing was ever accepted. Not to be changed
 */
public record ReadAnswer(Ballot accepted, byte @Nullable [] state) {
    /** Nothing was ever accepted. */
    static final ReadAnswer NOTHING = new ReadAnswer(Ballot.NONE, null);
}
