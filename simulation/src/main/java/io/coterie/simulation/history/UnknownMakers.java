package io.coterie.simulation.history;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the operations of unknown outcome that a search should try at a point. An operation is
 * useful only if an operation after it needs its state, distinguishes it, or does not fit without
 * it.
 */
final class UnknownMakers<S> {
    private final Map<S, List<Integer>> byState = new HashMap<>();
    private final BitSet all = new BitSet();
    private final BitSet always = new BitSet();
    private final int[] earlierTwin;

    UnknownMakers(Model<S> model, List<Operation> unknown, Predicate<S> distinguished) {
        earlierTwin = new int[unknown.size()];
        all.set(0, unknown.size());
        Map<Op, Integer> latest = new HashMap<>();
        for (int i = 0; i < unknown.size(); i++) {
            Integer twin = latest.put(unknown.get(i).op(), i);
            earlierTwin[i] = twin == null ? -1 : twin;
            Collection<S> makes = model.makes(unknown.get(i));
            if (makes == null || makes.stream().anyMatch(distinguished)) {
                always.set(i);
            } else {
                for (S state : makes) {
                    byState.computeIfAbsent(state, s -> new ArrayList<>()).add(i);
                }
            }
        }
    }

    BitSet all() {
        return all;
    }

    /** The last equal operation before this one, which is used first; -1 if there is none. */
    int earlierTwin(int operation) {
        return earlierTwin[operation];
    }

    /**
     * The operations to try.
     *
     * @param timeline the answered operations without a place
     * @param needs the state that each answered operation needs; null if it needs none
     */
    BitSet candidates(Timeline timeline, List<@Nullable S> needs) {
        BitSet candidates = (BitSet) always.clone();
        for (int i = timeline.firstInvoked(); i >= 0; i = timeline.nextInvoked(i)) {
            S needed = needs.get(i);
            List<Integer> makers = needed == null ? null : byState.get(needed);
            if (makers != null) {
                makers.forEach(candidates::set);
            }
        }
        return candidates;
    }
}
