package io.coterie.simulation.history;

import org.jspecify.annotations.Nullable;

/**
 * One operation of one client.
 *
 * @param process who asked
 * @param key what it was about; keys are independent of each other
 * @param op what was asked
 * @param invoked when the client asked, on a clock that all clients share
 * @param returned when it got its answer, not before it asked; {@link #NEVER} if the outcome is unknown. An operation
 *     invoked when another returned counts as concurrent with it
 * @param outcome how it ended
 * @param result the answer as described at {@link Op}; {@code null} unless the outcome is {@link Outcome#OK}
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

    /** Checks the times and the result. */
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

    /** The same operation, as seen before it returned. */
    Operation unreturned() {
        return new Operation(process, key, op, invoked, NEVER, Outcome.UNKNOWN, null);
    }

    /** Whether its answer says that it changed nothing, whatever was there. */
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
