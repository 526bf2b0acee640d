package io.coterie.simulation.history;

import java.util.Collection;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
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
     * Whether an operation, whose states {@link #makes} does not list, can lead to this state from another. True by default.
     *
     * @param operation {@link Outcome#OK} with its result, or {@link Outcome#UNKNOWN}
     */
    default boolean mayMake(Operation operation, S state) {
        return true;
    }

    /**
     * Whether an operation leads to the same state from each state, and can have had its answer in each. False by default.
     *
     * @param operation {@link Outcome#OK} with its result, or {@link Outcome#UNKNOWN}
     */
    default boolean overwrites(Operation operation) {
        return false;
    }

    /**
     * Tells which states are not like others to these operations. Two states for which this is false, and which no operation
     * {@linkplain #needs needs}, must be the same to all of them: each operation either cannot have had its answer in both, or
     * leaves both as they are, or leads from both to the same state or to two of that kind.
     *
     * @param operations the key's operations of outcome {@link Outcome#OK} and {@link Outcome#UNKNOWN}
     * @return always true, by default
     */
    default Predicate<S> toldApart(List<Operation> operations) {
        return state -> true;
    }

    /**
     * Tells which states can still come after which, for the ways on which these operations lead.
     *
     * @param operations the key's operations of outcome {@link Outcome#OK} and {@link Outcome#UNKNOWN}
     * @return whether the second state can come after the first; always true, by default
     */
    default BiPredicate<S, S> reachable(List<Operation> operations) {
        return (from, to) -> true;
    }
}
