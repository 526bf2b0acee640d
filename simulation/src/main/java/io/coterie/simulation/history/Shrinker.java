package io.coterie.simulation.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Removes from operations that no order explains those that the contradiction does not need. */
final class Shrinker<S> {
    private static final int MAX_CHECKS = 400;

    private final Model<S> model;
    private final long maxSteps;
    private int checks;

    Shrinker(Model<S> model, long maxSteps) {
        this.model = model;
        this.maxSteps = maxSteps / 10;
    }

    /**
     * A part of one key's operations, in the order of invocation, that no order explains either.
     */
    List<Operation> shrink(List<Operation> operations) {
        List<Operation> rest = without(shortestPrefix(operations), Operation::changedNothing);
        int before;
        do {
            before = rest.size();
            rest = without(rest, unseen(rest));
        } while (rest.size() < before);
        return rest;
    }

    /**
     * If a history is linearizable, each part that ends earlier is, too. So the first bad end can
     * be found by halving.
     */
    private List<Operation> shortestPrefix(List<Operation> operations) {
        long[] ends = operations.stream()
                .filter(o -> o.outcome() == Outcome.OK)
                .mapToLong(Operation::returned)
                .sorted()
                .toArray();
        int good = -1;
        int bad = ends.length - 1;
        while (bad - good > 1) {
            int middle = (good + bad) >>> 1;
            if (isContradiction(until(operations, ends[middle]))) {
                bad = middle;
            } else {
                good = middle;
            }
        }
        return until(operations, ends[bad]);
    }

    private static List<Operation> until(List<Operation> operations, long end) {
        return operations.stream()
                .filter(o -> o.invoked() <= end && o.outcome() != Outcome.FAILED)
                .map(o -> o.outcome() == Outcome.OK && o.returned() > end ? o.unreturned() : o)
                .filter(o -> o.outcome() == Outcome.OK || !(o.op() instanceof Op.Read))
                .toList();
    }

    /** Leaves candidates out while the rest is still a contradiction; at first, many at once. */
    private List<Operation> without(List<Operation> operations, Predicate<Operation> candidate) {
        List<Operation> rest = operations;
        for (int chunk = Math.max(1, operations.size() / 2); chunk >= 1; chunk /= 2) {
            for (int from = 0; from < rest.size() && checks < MAX_CHECKS; from += chunk) {
                List<Operation> fewer = new ArrayList<>();
                for (int i = 0; i < rest.size(); i++) {
                    boolean leaveOut = i >= from && i < from + chunk && candidate.test(rest.get(i));
                    if (!leaveOut) {
                        fewer.add(rest.get(i));
                    }
                }
                if (fewer.size() < rest.size() && isContradiction(fewer)) {
                    rest = fewer;
                    from -= chunk;
                }
            }
        }
        return rest;
    }

    /**
     * The operations whose effects no answer depends on. If an answer may depend on the absence of
     * a state, any change may have hidden that state, so there are none.
     */
    private Predicate<Operation> unseen(List<Operation> operations) {
        Set<S> needed = new HashSet<>();
        StringBuilder shown = new StringBuilder();
        for (Operation operation : operations) {
            S needs = operation.outcome() == Outcome.OK ? model.needs(operation) : null;
            if (operation.outcome() == Outcome.OK && needs == null && !model.overwrites(operation)) {
                return o -> false;
            }
            if (needs != null) {
                needed.add(needs);
            }
            shown.append(needs).append(' ');
            if (operation.op() instanceof Op.CompareAndSet cas) {
                shown.append(cas.expected()).append(' ');
            }
        }
        Predicate<S> distinguished = model.distinguished(operations);
        return operation -> {
            Collection<S> makes = model.makes(operation);
            if (makes == null) {
                return operation.op() instanceof Op.Append append && shown.indexOf(append.text()) < 0;
            }
            return makes.stream().noneMatch(state -> needed.contains(state) || distinguished.test(state));
        };
    }

    private boolean isContradiction(List<Operation> operations) {
        checks++;
        return new KeySearch<>(model, operations, maxSteps).run() == Verdict.Kind.NOT_LINEARIZABLE;
    }
}
