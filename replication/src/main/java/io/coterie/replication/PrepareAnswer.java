package io.coterie.replication;

import org.jspecify.annotations.Nullable;

/**
 * A replica's answer to {@code prepare}.
 *
 * @param granted whether the ballot is promised now: no lower one will be accepted any more
 * @param promised the promise in force: the asked ballot, or the higher one that stands in its way
 * @param accepted the ballot accepted last; {@link Ballot#NONE} if none was, or if the promise was
 *     not granted
 * @param state the state accepted with it. Null if there is none, or if another replica was named
 *     to send it. Not to be changed
 * @param floor where nothing is accepted, what may have been there and was removed: nothing with a
 *     ballot, and no batch with a stamp, above the floor's; otherwise {@link Ballot#NONE}
 */
public record PrepareAnswer(boolean granted, Ballot promised, Ballot accepted, byte @Nullable [] state, Ballot floor)
        implements StateAnswer<PrepareAnswer> {
    @Override
    public PrepareAnswer withState(byte @Nullable [] known) {
        return new PrepareAnswer(granted, promised, accepted, known, floor);
    }
}
