package io.coterie.simulation.history;

import java.util.Collection;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The behavior of one key that does one operation at a time. A model has no state of its own, so
 * any thread may use it.
 *
 * <p>{@link #initial} and {@link #step} define the behavior. The other methods only make the search
 * faster; their defaults are always right. An implementation that returns something wrong makes the
 * checker wrong.
 *
 * @param <S> a state of the key; immutable, with {@code equals} and {@code hashCode}
 */
public interface Model<S> {
    /** The state of a key that was never used. */
    S initial();

    /**
     * Does an operation.
     *
     * @param operation {@link Outcome#OK} with its result, or {@link Outcome#UNKNOWN}, which may
     *     have any result
     * @return the state after it, or {@code null} if it cannot have that result in this state
     */
    @Nullable
    S step(S state, Operation operation);

    /**
     * The only state in which an operation can have its answer.
     *
     * @param operation of outcome {@link Outcome#OK}
     * @return {@code null}, the default, if there may be several such states
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
     * Whether an operation can lead to this state from another. Asked only if {@link #makes} does
     * not list its states. True by default.
     *
     * @param operation {@link Outcome#OK} with its result, or {@link Outcome#UNKNOWN}
     */
    default boolean mayMake(Operation operation, S state) {
        return true;
    }

    /**
     * Whether an operation leads to the same state from each state, and can have its answer in
     * each. False by default.
     *
     * @param operation {@link Outcome#OK} with its result, or {@link Outcome#UNKNOWN}
     */
    default boolean overwrites(Operation operation) {
        return false;
    }

    /**
     * Which states these operations can distinguish from others. Take two states for which this is
     * false and which no operation {@linkplain #needs needs}. Each operation must treat them alike:
     * it cannot have its answer in either, or leaves both as they are, or leads from both to the
     * same state or to two such states.
     *
     * @param operations the key's operations of outcome {@link Outcome#OK} and {@link
     *     Outcome#UNKNOWN}
     * @return whether a state can be distinguished; always true by default
     */
    default Predicate<S> distinguished(List<Operation> operations) {
        return state -> true;
    }

    /**
     * Which states these operations can reach from which.
     *
     * @param operations the key's operations of outcome {@link Outcome#OK} and {@link
     *     Outcome#UNKNOWN}
     * @return whether the second state can come after the first; always true by default
     */
    default BiPredicate<S, S> reachable(List<Operation> operations) {
        return (from, to) -> true;
    }
}
