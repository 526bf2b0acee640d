package io.coterie.replication.spi;

import org.jspecify.annotations.Nullable;

/**
 * An answer with what a replica has accepted for a key: the ballot, and in most cases the state.
 *
 * @param <A> the answer
 */
public interface StateAnswer<A extends StateAnswer<A>> {
    /** The ballot accepted last; {@link Ballot#NONE} if the answer has none. */
    Ballot accepted();

    /**
     * The state accepted with it. Null if there is none, or if another replica was named to send
     * it. Not to be changed.
     */
    byte @Nullable [] state();

    /** A copy of this answer with the state of its ballot. */
    A withState(byte @Nullable [] known);

    /**
     * Whether the replica has accepted a state that this answer lacks, because another replica was
     * named to send it.
     */
    default boolean isBallotAlone() {
        return state() == null && !accepted().equals(Ballot.NONE);
    }
}
