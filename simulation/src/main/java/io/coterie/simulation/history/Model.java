package io.coterie.simulation.history;

import java.util.Collection;
import java.util.List;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What one key should do, if it did one operation at a time. Without state of its own; states must be immutable and have
 * {@code equals} and {@code hashCode}.
 */
public interface Model<S> {
    /** The state of a key that was never used. */
    S initial();

    /**
     * Does an operation.
     *
     * @param operation {@link Outcome#OK} with its result, or {@link Outcome#UNKNOWN}: then whatever it does in this state
     * @return the state after it, or {@code null} if it cannot have had that result in this state
     */
    @Nullable
    S step(S state, Operation operation);

    /**
     * The only state in which an operation can have had its answer. As the methods below, it only makes the search faster;
     * what it returns must be right.
     *
     * @param operation of outcome {@link Outcome#OK}
     * @return {@code null}, the default, if there may be several
     */
    default @Nullable S needs(Operation operation) {
        return null;
    }

    /**
     * The states to which an operation can lead from other states.
     *
     * @param operation {@link Outcome#OK} with its result, or {@link Outcome#UNKNOWN}
     * @return {@code null}, the default, if they cannot be listed
     */
    default @Nullable Collection<S> makes(Operation operation) {
        return null;
    }

    /**
     * Tells which steps by operations of unknown outcome need not be tried, because no answer can depend on them.
     *
     * @param operations the key's operations of outcome {@link Outcome#OK} and {@link Outcome#UNKNOWN}
     * @return whether an operation of unknown outcome may be of use that leads from the first state to the second
     */
    default BiPredicate<S, S> worthTrying(List<Operation> operations) {
        return (before, after) -> true;
    }
}
