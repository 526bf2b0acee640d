package io.coterie.simulation.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which states are still needed by operations that have no place yet, and can still be made. A state that is needed and
 * cannot be made again must not be left, which ends most wrong orders long before the operation that needed it.
 */
final class Demand<S> {
    private final Map<S, Count> counts = new HashMap<>();
    private final List<Links> answered = new ArrayList<>();
    private final List<Links> unknown = new ArrayList<>();
    private boolean complete = true;

    private static final class Count {
        private int needed;
        private int makers;
    }

    private record Links(@Nullable Count needs, List<Count> makes) {
        void add(int number) {
            if (needs != null) {
                needs.needed += number;
            }
            makes.forEach(count -> count.makers += number);
        }
    }

    Demand(Model<S> model, List<Operation> answered, List<Operation> unknown) {
        answered.forEach(operation -> this.answered.add(links(model, operation)));
        unknown.forEach(operation -> this.unknown.add(links(model, operation)));
    }

    /** Whether an operation needs a state that nothing makes. */
    boolean isHopelessFrom(S initial) {
        return complete
                && counts.entrySet().stream()
                        .anyMatch(e -> e.getValue().needed > 0
                                && e.getValue().makers == 0
                                && !e.getKey().equals(initial));
    }

    /** Whether nobody needs a state any more, or it may come again, when an answered operation has led out of it. */
    boolean mayLeaveByAnswered(S state, int operation) {
        Count count = complete ? counts.get(state) : null;
        return count == null || count.makers > 0 || count.needed == (answered.get(operation).needs == count ? 1 : 0);
    }

    /** The same, when an operation of unknown outcome has led out of it. */
    boolean mayLeaveByUnknown(S state) {
        Count count = complete ? counts.get(state) : null;
        return count == null || count.makers > 0 || count.needed == 0;
    }

    void placeAnswered(int operation) {
        answered.get(operation).add(-1);
    }

    void takeBackAnswered(int operation) {
        answered.get(operation).add(1);
    }

    void placeUnknown(int operation) {
        unknown.get(operation).add(-1);
    }

    void takeBackUnknown(int operation) {
        unknown.get(operation).add(1);
    }

    private Links links(Model<S> model, Operation operation) {
        S needed = operation.outcome() == Outcome.OK ? model.needs(operation) : null;
        Collection<S> made = model.makes(operation);
        List<Count> makes = new ArrayList<>();
        if (made == null) {
            complete = false;
        } else {
            made.forEach(state -> makes.add(count(state)));
        }
        Links links = new Links(needed == null ? null : count(needed), makes);
        links.add(1);
        return links;
    }

    private Count count(S state) {
        return counts.computeIfAbsent(state, s -> new Count());
    }
}
