package io.coterie.simulation.history;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * All that clients saw: their operations, in the order of invocation. Immutable, so any thread may
 * use it.
 *
 * @param operations in any order; kept in the order of invocation
 */
public record History(List<Operation> operations) {
    /** Puts the operations in order. */
    public History {
        operations = operations.stream()
                .sorted(Comparator.comparingLong(Operation::invoked))
                .toList();
    }

    /**
     * Reads a text of {@link #toText}. Skips lines that are empty or begin with {@code #}.
     *
     * @throws IllegalArgumentException if a line is not an operation
     */
    public static History parse(String text) {
        return new History(text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(HistoryText::parse)
                .toList());
    }

    /**
     * One line for each operation: {@code invoked returned process key operation arguments outcome
     * result}, as in {@code 10 25 c1 stock cas =4 =3 ok =true}. Values follow an equals sign.
     * {@code ~} is an absent value, {@code -} a return that never came. Blanks and percent signs in
     * values are written as {@code %20} and {@code %25}.
     */
    public String toText() {
        return operations.stream().map(o -> o + "\n").collect(Collectors.joining());
    }

    /** How many operations had this outcome. A history with few answers proves little. */
    public long count(Outcome outcome) {
        return operations.stream().filter(o -> o.outcome() == outcome).count();
    }

    /** The operations of each key, with the keys in the order of their first invocation. */
    public Map<String, List<Operation>> byKey() {
        return operations.stream()
                .collect(Collectors.groupingBy(Operation::key, LinkedHashMap::new, Collectors.toList()));
    }
}
