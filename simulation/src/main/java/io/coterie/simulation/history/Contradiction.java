package io.coterie.simulation.history;

import java.util.List;

/**
 * Something that a history shows and that must not be. Immutable.
 *
 * @param key the key that it is about
 * @param problem what is wrong, for people
 * @param evidence the operations that show it
 */
public record Contradiction(String key, String problem, List<Operation> evidence) {
    /** Copies the evidence. */
    public Contradiction {
        evidence = List.copyOf(evidence);
    }

    /** The problem for people, evidence included. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("key " + key + ": " + problem + ":\n");
        evidence.forEach(operation -> text.append(operation).append('\n'));
        return text.toString();
    }
}
