package io.coterie.simulation.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a checker found.
 *
 * @param kind whether the history can be explained
 * @param key the key that cannot be explained, or on which the checker gave up
 * @param evidence operations of that key, out of the history, that no order explains; in the order of invocation. Answers
 *     that came after the last one of these are left out, and so is some of what is not needed for the contradiction. An
 *     operation that was answered after that is shown as unknown
 * @param steps how many steps the search took
 */
public record Verdict(Kind kind, @Nullable String key, List<Operation> evidence, long steps) {
    private static final int MOST_LINES = 60;

    /** Whether the history can be explained. */
    public enum Kind {
        /** There is an order of the operations that explains all answers. */
        LINEARIZABLE,
        /** There is none. */
        NOT_LINEARIZABLE,
        /** The search reached its limit before it knew. */
        GAVE_UP
    }

    /** Copies the evidence. */
    public Verdict {
        evidence = List.copyOf(evidence);
    }

    /** Whether the history was found to be linearizable; not so if the checker gave up. */
    public boolean isLinearizable() {
        return kind == Kind.LINEARIZABLE;
    }

    /** The verdict for people, evidence included. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(kind + " after " + steps + " steps");
        if (kind == Kind.GAVE_UP) {
            text.append(": key ").append(key).append(" needs more steps than were allowed");
        } else if (kind == Kind.NOT_LINEARIZABLE) {
            text.append(": no order of these operations on key ").append(key).append(" explains their answers:\n");
            int from = Math.max(0, evidence.size() - MOST_LINES);
            if (from > 0) {
                text.append("(").append(from).append(" earlier operations)\n");
            }
            evidence.subList(from, evidence.size()).forEach(o -> text.append(o).append('\n'));
        }
        return text.toString();
    }
}
