package io.coterie.replication.spi;

import org.jspecify.annotations.Nullable;

/**
 * What a replica has accepted for a key. Immutable.
 *
 * @param accepted the ballot, {@link Ballot#NONE} if nothing was ever accepted
 * @param state the state accepted with it. Null if nothing was ever accepted, or if another replica
 *     was named to send it. Not to be changed
 */
public record ReadAnswer(Ballot accepted, byte @Nullable [] state) implements StateAnswer<ReadAnswer> {
    /** Nothing was ever accepted. */
    public static final ReadAnswer NOTHING = new ReadAnswer(Ballot.NONE, null);

    @Override
    public ReadAnswer withState(byte @Nullable [] known) {
        return new ReadAnswer(accepted, known);
    }
}
