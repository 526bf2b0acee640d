package io.coterie.simulation.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Small histories of errors that other systems had, as clients saw them. Each has a twin that
 * differs little and is right. The file {@code pitfalls.txt} has them: a line {@code == right: } or
 * {@code == wrong: } with a name, and operations below it. The twin follows the wrong one.
 */
class PitfallsTest {
    /**
     * How many operations may be missing in the twin. If more are, it may be right for another
     * reason.
     */
    private static final int MAX_DIFFERENT = 2;

    /**
     * A history.
     *
     * @param title begins with {@code right} or {@code wrong}
     */
    record Case(String title, String text) {
        @Override
        public String toString() {
            return title;
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theVerdictIsAsKnown(Case pitfall) {
        Verdict verdict = LinearizabilityChecker.of(new RegisterModel()).check(History.parse(pitfall.text));

        Verdict.Kind known =
                pitfall.title.startsWith("right:") ? Verdict.Kind.LINEARIZABLE : Verdict.Kind.NOT_LINEARIZABLE;
        assertEquals(known, verdict.kind(), () -> pitfall.title + "\n" + pitfall.text + verdict);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void eachWrongHistoryHasARightTwin(Case wrong, Case right) {
        assertTrue(
                wrong.title.startsWith("wrong:") && right.title.startsWith("right:"),
                () -> "expected a wrong history and its twin, not \"" + wrong + "\" and \"" + right + "\"");

        Set<String> operations = operations(wrong);
        Set<String> twins = operations(right);
        assertNotEquals(operations, twins);
        assertTrue(
                missing(operations, twins) <= MAX_DIFFERENT && missing(twins, operations) <= MAX_DIFFERENT,
                () -> "they differ in more than " + MAX_DIFFERENT + " operations:\n" + wrong.text + right.text);
    }

    private static Set<String> operations(Case pitfall) {
        return pitfall.text.lines().filter(line -> !line.isBlank()).collect(Collectors.toCollection(TreeSet::new));
    }

    private static long missing(Set<String> these, Set<String> in) {
        return these.stream().filter(operation -> !in.contains(operation)).count();
    }

    static Stream<Arguments> pairs() throws IOException {
        List<Case> cases = cases().toList();
        assertEquals(0, cases.size() % 2, "a wrong history without a twin, or a right one that is no twin");
        return IntStream.range(0, cases.size() / 2)
                .mapToObj(pair -> Arguments.of(cases.get(2 * pair), cases.get(2 * pair + 1)));
    }

    static Stream<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        try (InputStream in = Objects.requireNonNull(PitfallsTest.class.getResourceAsStream("pitfalls.txt"))) {
            String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String part : all.substring(all.indexOf("== ")).split("(?m)^== ", -1)) {
                if (!part.isBlank()) {
                    int end = part.indexOf('\n');
                    cases.add(new Case(part.substring(0, end), part.substring(end + 1)));
                }
            }
        }
        assertTrue(cases.stream().allMatch(c -> c.title.startsWith("right: ") || c.title.startsWith("wrong: ")));
        assertTrue(cases.size() > 60, () -> "only " + cases.size() + " histories were found");
        return cases.stream();
    }
}
