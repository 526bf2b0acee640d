package io.coterie.simulation.history;

import java.util.List;
import java.util.Map;

/**
 * Decides whether a history is linearizable: whether each operation can be given a point in time between its invocation and
 * its return, at which it was done all at once, so that all answers come out as they did. An operation of unknown outcome may
 * have its point at any time after its invocation, or none.
 *
 * <p>Keys are checked apart from each other (Herlihy and Wing, Linearizability, 1990, theorem 1). Immutable; safe for use by
 * many threads at once.
 */
public final class LinearizabilityChecker<S> {
    private static final long DEFAULT_MAX_STEPS = 10_000_000;

    /** What part of the steps goes into the search for an order of a special kind before any other. */
    private static final int FIRST_TRY = 10;

    private final Model<S> model;
    private final long maxSteps;

    private LinearizabilityChecker(Model<S> model, long maxSteps) {
        this.model = model;
        this.maxSteps = maxSteps;
    }

    /** A checker of keys that do what the model does. */
    public static <S> LinearizabilityChecker<S> of(Model<S> model) {
        return new LinearizabilityChecker<>(model, DEFAULT_MAX_STEPS);
    }

    /**
     * The same with another limit.
     *
     * @param steps how many operations are tried for each key before the checker gives up; above zero. By default 10
     *     million, which takes seconds and, at worst, a gigabyte
     */
    public LinearizabilityChecker<S> withMaxSteps(long steps) {
        if (steps <= 0) {
            throw new IllegalArgumentException("maxSteps " + steps + " is not above zero");
        }
        return new LinearizabilityChecker<>(model, steps);
    }

    /**
     * Checks a history.
     *
     * @return what was found; a contradiction in any key counts more than a key on which the checker gave up
     */
    public Verdict check(History history) {
        long steps = 0;
        Verdict gaveUp = null;
        for (Map.Entry<String, List<Operation>> key : history.byKey().entrySet()) {
            KeySearch<S> firstTry = KeySearch.inProgramOrder(model, key.getValue(), maxSteps / FIRST_TRY);
            Verdict.Kind first = firstTry.run();
            steps += firstTry.steps();
            if (first == Verdict.Kind.LINEARIZABLE) {
                continue;
            }
            KeySearch<S> search = new KeySearch<>(model, key.getValue(), maxSteps);
            Verdict.Kind kind = search.run();
            steps += search.steps();
            if (kind == Verdict.Kind.NOT_LINEARIZABLE) {
                return new Verdict(kind, key.getKey(), new Shrinker<>(model, maxSteps).shrink(key.getValue()), steps);
            }
            if (kind == Verdict.Kind.GAVE_UP) {
                gaveUp = new Verdict(kind, key.getKey(), List.of(), steps);
            }
        }
        return gaveUp == null ? new Verdict(Verdict.Kind.LINEARIZABLE, null, List.of(), steps) : gaveUp;
    }
}
