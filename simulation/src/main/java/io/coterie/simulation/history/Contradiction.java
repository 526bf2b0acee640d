package io.coterie.simulation.history;

import java.util.List;

/**
 * A fault of a store that a history shows. Immutable.
 *
 * @param key the key that it is about
 * @param problem what is wrong, human-readable
 * @param evidence the operations that show it
 */
public record Contradiction(String key, String problem, List<Operation> evidence) {
    /** Copies the evidence. */
    public Contradiction {
        evidence = List.copyOf(evidence);
    }

    /** A human-readable text with the evidence, one operation a line. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("key " + key + ": " + problem + ":\n");
        evidence.forEach(operation -> text.append(operation).append('\n'));
        return text.toString();
    }
}
