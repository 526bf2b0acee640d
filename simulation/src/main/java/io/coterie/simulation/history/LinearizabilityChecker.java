package io.coterie.simulation.history;

import java.util.List;
import java.util.Map;

/**
 * Decides whether a history is linearizable. It is if each operation can have a point in time
 * between its invocation and its return, so that operations done at once at these points give the
 * same answers. The point of an operation of unknown outcome may be at any time after its
 * invocation, or it has none.
 *
 * <p>Keys are checked one by one (Herlihy and Wing, Linearizability, 1990, theorem 1). The problem
 * is NP-complete, so the time can grow exponentially with the number of concurrent operations of a
 * key; {@link #withMaxSteps} limits it.
 *
 * <pre>{@code
 * Verdict verdict = LinearizabilityChecker.of(new RegisterModel()).check(recorder.history());
 * assertTrue(verdict.isLinearizable(), verdict::toString);
 * }</pre>
 *
 * <p>10,000 operations of 20 clients on one key take about a second. With a few percent of unknown
 * outcomes they take a few seconds.
 *
 * <p>Immutable, so any thread may use it.
 *
 * @param <S> a state of the model
 */
public final class LinearizabilityChecker<S> {
    private static final long DEFAULT_MAX_STEPS = 10_000_000;

    /** The first search, in program order, may take the maximum of steps divided by this. */
    private static final int FIRST_TRY = 10;

    private final Model<S> model;
    private final long maxSteps;

    private LinearizabilityChecker(Model<S> model, long maxSteps) {
        this.model = model;
        this.maxSteps = maxSteps;
    }

    /** A checker of keys that must behave as the model, with the default limit of steps. */
    public static <S> LinearizabilityChecker<S> of(Model<S> model) {
        return new LinearizabilityChecker<>(model, DEFAULT_MAX_STEPS);
    }

    /**
     * A copy with another limit of steps.
     *
     * @param steps how many operations may be tried for each key before the checker gives up; above
     *     zero. The default, 10 million, takes seconds and, at worst, a gigabyte
     * @throws IllegalArgumentException if it is not above zero
     */
    public LinearizabilityChecker<S> withMaxSteps(long steps) {
        if (steps <= 0) {
            throw new IllegalArgumentException("maxSteps " + steps + " is not above zero");
        }
        return new LinearizabilityChecker<>(model, steps);
    }

    /**
     * Checks a history, key by key in the order of their first invocations, and stops at the first
     * contradiction. It then reduces the contradiction to a few operations, which takes up to 400
     * more searches, each with a tenth of the limit of steps. Runs on the calling thread.
     *
     * @return a contradiction, if a key has one; else that the checker gave up, if it did for a key
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
