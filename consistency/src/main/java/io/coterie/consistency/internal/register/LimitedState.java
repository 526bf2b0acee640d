package io.coterie.consistency.internal.register;

import io.coterie.consistency.RepairBallots;
import io.coterie.replication.spi.Ballot;
import java.util.List;

/** Takes out of states what is out of bounds, in a {@linkplain RepairBallots repair}. */
public final class LimitedState {
    private LimitedState() {}

    /**
     * A state without what is above a ballot: the value stays, the version is at most that; a
     * parent above it, and batches with a timestamp above it, are forgotten. Only to be used where
     * nobody remembers any of these.
     *
     * @param bytes returned as they are if they are no state, or have nothing above the ballot
     */
    public static byte[] of(byte[] bytes, Ballot ballot) {
        if (!RegisterState.isState(bytes)) {
            return bytes;
        }
        RegisterState state = RegisterState.decode(bytes);
        List<BatchOutcome> outcomes = state.outcomes();
        boolean outcomesFit = !outcomes.removeIf(outcome -> outcome.timestamp() > ballot.counter());
        boolean versionFits = isUpTo(ballot, state.version().counter());
        boolean parentFits =
                versionFits && isUpTo(state.version(), state.parent().counter());
        boolean horizonFits = isUpTo(ballot, state.horizon());
        if (versionFits && parentFits && horizonFits && outcomesFit) {
            return bytes;
        }
        return RegisterState.of(
                        state.value(),
                        versionFits ? state.version() : ballot,
                        parentFits ? state.parent() : Ballot.NONE,
                        horizonFits ? state.horizon() : ballot.counter(),
                        outcomes)
                .bytes();
    }

    private static boolean isUpTo(Ballot ballot, long counter) {
        return counter >= 0 && counter <= ballot.counter();
    }
}
