package io.coterie.simulation.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The states that operations without a place still need, and can still make. A state that is needed
 * and cannot be made again must not be left. This rule ends most wrong orders long before the
 * search gets to the operation that needs the state.
 */
final class Demand<S> {
    /** An operation that may make more states than this counts as one that may make any. */
    private static final int MAX_LISTED = 64;

    private final Map<S, Count> counts = new HashMap<>();
    private final List<Links> answered = new ArrayList<>();
    private final List<Links> unknown = new ArrayList<>();

    /** How many operations without a place may make any state. */
    private int makersOfAny;

    private static final class Count {
        private int needed;
        private int makers;
    }

    /** What an operation needs and makes; {@code makes} is null if it may make any state. */
    private record Links(@Nullable Count needs, @Nullable List<Count> makes) {}

    Demand(Model<S> model, List<Operation> answered, List<Operation> unknown) {
        for (Operation operation : answered) {
            S needed = model.needs(operation);
            if (needed != null) {
                counts.computeIfAbsent(needed, s -> new Count());
            }
        }
        answered.forEach(operation -> this.answered.add(links(model, operation)));
        unknown.forEach(operation -> this.unknown.add(links(model, operation)));
    }

    /** Whether an operation needs a state that nothing makes. */
    boolean isHopelessFrom(S initial) {
        return makersOfAny == 0
                && counts.entrySet().stream()
                        .anyMatch(e -> e.getValue().needed > 0
                                && e.getValue().makers == 0
                                && !e.getKey().equals(initial));
    }

    /** Whether an operation without a place needs the state. */
    boolean isNeeded(S state) {
        Count count = counts.get(state);
        return count != null && count.needed > 0;
    }

    /**
     * Whether an answered operation may lead out of a state: no other operation needs the state, or
     * it may come again.
     */
    boolean mayLeaveByAnswered(S state, int operation) {
        Count count = makersOfAny == 0 ? counts.get(state) : null;
        return count == null || count.makers > 0 || count.needed == (answered.get(operation).needs == count ? 1 : 0);
    }

    /** As {@link #mayLeaveByAnswered}, for an operation that does not need the state itself. */
    boolean mayLeave(S state) {
        Count count = makersOfAny == 0 ? counts.get(state) : null;
        return count == null || count.makers > 0 || count.needed == 0;
    }

    void placeAnswered(int operation) {
        add(answered.get(operation), -1);
    }

    void takeBackAnswered(int operation) {
        add(answered.get(operation), 1);
    }

    void placeUnknown(int operation) {
        add(unknown.get(operation), -1);
    }

    void takeBackUnknown(int operation) {
        add(unknown.get(operation), 1);
    }

    private void add(Links links, int number) {
        if (links.needs != null) {
            links.needs.needed += number;
        }
        if (links.makes == null) {
            makersOfAny += number;
        } else {
            links.makes.forEach(count -> count.makers += number);
        }
    }

    private Links links(Model<S> model, Operation operation) {
        S needed = operation.outcome() == Outcome.OK ? model.needs(operation) : null;
        Links links = new Links(needed == null ? null : counts.get(needed), made(model, operation));
        add(links, 1);
        return links;
    }

    /** The states that an operation makes and some operation needs. */
    private @Nullable List<Count> made(Model<S> model, Operation operation) {
        List<Count> made = new ArrayList<>();
        Collection<S> listed = model.makes(operation);
        if (listed != null) {
            for (S state : listed) {
                Count count = counts.get(state);
                if (count != null) {
                    made.add(count);
                }
            }
            return made;
        }
        for (Map.Entry<S, Count> needed : counts.entrySet()) {
            if (model.mayMake(operation, needed.getKey())) {
                made.add(needed.getValue());
                if (made.size() > MAX_LISTED) {
                    return null;
                }
            }
        }
        return made;
    }
}
