package io.coterie.consistency.internal.register;

import io.coterie.consistency.Result;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch of another node, which this one applies for it together with its own operations. Its
 * result is a {@link ForwardAnswer} in bytes.
 *
 * @param origin which start of which process it came from
 * @param timestamp its origin's, which makes it known when it comes twice
 */
public record Forwarded(long origin, long timestamp, List<StrongCommand> commands) {
    /** Whether it reads a value for a function of its origin. */
    public boolean isReadForUpdate() {
        return commands.get(0) instanceof StrongCommand.ReadForUpdate;
    }

    /** Whether it only reads. */
    public boolean isRead() {
        for (StrongCommand command : commands) {
            if (!command.isRead()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Applies it, unless the state shows that this was done before or may have been. It is
     * remembered even if all of it is refused: there may be copies elsewhere, and none of them
     * may be applied once its origin got that answer.
     *
     * @param applier what was applied to the state's value before it in the same round
     * @param outcomes is given what is to be remembered
     * @param wasProposed whether this node has proposed it before
     * @return a {@link ForwardAnswer} in bytes, and whether there is something to remember
     */
    public Result applyTo(
            RegisterState state, OperationApplier applier, List<BatchOutcome> outcomes, boolean wasProposed) {
        BatchOutcome known = state.outcomeOf(origin, timestamp);
        if (known != null) {
            return result(false, new ForwardAnswer.Found(known, state.value()));
        }
        boolean read = isRead();
        if (!read && state.mayHaveForgotten(origin, timestamp)) {
            return result(
                    false,
                    wasProposed ? new ForwardAnswer.Unknown() : new ForwardAnswer.Stale(state.newestTimestamp(origin)));
        }
        byte[] before = applier.value();
        OperationApplier tried = new OperationApplier(before);
        List<@Nullable Result> results = ForwardedResults.apply(commands, tried);
        if (!read) {
            applier.become(tried);
            outcomes.add(BatchOutcome.ofForwarded(origin, timestamp, ForwardedResults.encode(commands, results)));
        }
        return result(!read, new ForwardAnswer.Applied(before));
    }

    /**
     * The answer where this node cannot continue with the batch: its origin, which has a clock of
     * its own, may continue alone.
     */
    public static Result notDone(boolean wasProposed) {
        return result(false, wasProposed ? new ForwardAnswer.Unknown() : new ForwardAnswer.Stale(0));
    }

    private static Result result(boolean remembered, ForwardAnswer answer) {
        return new Result(remembered, answer.encode());
    }
}
