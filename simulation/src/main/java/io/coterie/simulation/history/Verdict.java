package io.coterie.simulation.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a {@link LinearizabilityChecker}. Immutable.
 *
 * @param kind whether an order explains the history
 * @param key the key that no order explains, or on which the checker gave up; {@code null} if the
 *     history is linearizable
 * @param evidence operations of that key that no order explains, in the order of invocation; empty
 *     for the other kinds. It is a part of the history: it ends at the first answer that is wrong,
 *     and operations that do not matter for the contradiction are mostly left out. An operation
 *     that was answered later than that is shown as unknown
 * @param steps how many steps the search took, over all keys
 */
public record Verdict(Kind kind, @Nullable String key, List<Operation> evidence, long steps) {
    private static final int MAX_LINES = 60;

    /** Whether an order explains the history. */
    public enum Kind {
        /** An order of the operations explains all answers. */
        LINEARIZABLE,
        /** No order does. */
        NOT_LINEARIZABLE,
        /** The search reached its limit without a result. */
        GAVE_UP
    }

    /** Copies the evidence. */
    public Verdict {
        evidence = List.copyOf(evidence);
    }

    /** Whether the history is linearizable; false if the checker gave up. */
    public boolean isLinearizable() {
        return kind == Kind.LINEARIZABLE;
    }

    /**
     * A human-readable text with the last lines of the evidence, at most 60. Each
     * line is as in the text of a {@link History}.
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(kind + " after " + steps + " steps");
        if (kind == Kind.GAVE_UP) {
            text.append(": key ").append(key).append(" needs more steps than were allowed");
        } else if (kind == Kind.NOT_LINEARIZABLE) {
            text.append(": no order of these operations on key ").append(key).append(" explains their answers:\n");
            int from = Math.max(0, evidence.size() - MAX_LINES);
            if (from > 0) {
                text.append("(").append(from).append(" earlier operations)\n");
            }
            evidence.subList(from, evidence.size()).forEach(o -> text.append(o).append('\n'));
        }
        return text.toString();
    }
}
