package io.coterie.replication.spi;

import org.jspecify.annotations.Nullable;

/**
 * A replica's answer to {@link QuorumCalls#prepare prepare}. Immutable.
 *
 * @param granted whether the ballot is promised now: the replica no longer accepts a lower one
 * @param promised the promise in force: the requested ballot, or the higher one that prevented it
 * @param accepted the ballot accepted last; {@link Ballot#NONE} if none was, or if the promise was
 *     not granted
 * @param state the state accepted with it. Null if there is none, or if another replica was named
 *     to send it. Not to be changed
 * @param floor where nothing is accepted, the floor of the store: what was accepted for the key and
 *     then removed had no ballot, and no batch with a timestamp, above it. Otherwise {@link
 *     Ballot#NONE}
 */
public record PrepareAnswer(boolean granted, Ballot promised, Ballot accepted, byte @Nullable [] state, Ballot floor)
        implements StateAnswer<PrepareAnswer> {
    @Override
    public PrepareAnswer withState(byte @Nullable [] known) {
        return new PrepareAnswer(granted, promised, accepted, known, floor);
    }
}
