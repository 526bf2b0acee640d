package io.coterie.simulation.history;

import org.jspecify.annotations.Nullable;

/**
 * One operation of one client. Immutable.
 *
 * @param process the client
 * @param key the key that it was about; keys are independent of each other
 * @param op the request
 * @param invoked the time of the request, on a clock that all clients share; mostly nanoseconds
 * @param returned the time of the answer, not before {@code invoked}; {@link #NEVER} if the outcome
 *     is unknown. An operation that was invoked when another returned counts as concurrent with it
 * @param outcome how it ended
 * @param result the answer as described at {@link Op}; {@code null} unless the outcome is {@link
 *     Outcome#OK}
 */
public record Operation(
        String process,
        String key,
        Op op,
        long invoked,
        long returned,
        Outcome outcome,
        @Nullable String result) {
    /** The time of return of an operation without an answer. */
    public static final long NEVER = Long.MAX_VALUE;

    /**
     * Checks the times and the result.
     *
     * @throws IllegalArgumentException if it returned before it was invoked, returned with an
     *     unknown outcome, or has a result without the outcome {@link Outcome#OK}
     */
    public Operation {
        if (returned < invoked) {
            throw new IllegalArgumentException(
                    op + " returned at " + returned + ", before it was invoked at " + invoked);
        }
        if (outcome == Outcome.UNKNOWN && returned != NEVER) {
            throw new IllegalArgumentException(op + " has an unknown outcome, but returned at " + returned);
        }
        if (outcome != Outcome.OK && result != null) {
            throw new IllegalArgumentException(op + " has outcome " + outcome + ", but the result " + result);
        }
    }

    /** This operation as it was before it returned. */
    Operation unreturned() {
        return new Operation(process, key, op, invoked, NEVER, Outcome.UNKNOWN, null);
    }

    /** Whether its answer shows that it changed nothing, whatever the key held. */
    boolean changedNothing() {
        boolean refused = "false".equals(result)
                && (op instanceof Op.CompareAndSet || op instanceof Op.PutIfAbsent || op instanceof Op.Delete);
        return op instanceof Op.Read || refused;
    }

    /** The line that stands for this operation in the text of a {@link History}. */
    @Override
    public String toString() {
        return HistoryText.format(this);
    }
}
