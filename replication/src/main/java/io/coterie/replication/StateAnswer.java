package io.coterie.replication;

import org.jspecify.annotations.Nullable;

/**
 * An answer that tells what a replica has accepted for a key: the ballot, and mostly the state as
 * well.
 *
 * @param <A> the answer
 */
public interface StateAnswer<A extends StateAnswer<A>> {
    /** The ballot accepted last; {@link Ballot#NONE} if none is told. */
    Ballot accepted();

    /**
     * The state accepted with it. Null if there is none, or if another replica was named to send
     * it. Not to be changed.
     */
    byte @Nullable [] state();

    /** The same answer with the state of its ballot. */
    A withState(byte @Nullable [] known);

    /**
     * Whether a state was accepted that did not come along, as another replica was named to send
     * it.
     */
    default boolean isBallotAlone() {
        return state() == null && !accepted().equals(Ballot.NONE);
    }
}
