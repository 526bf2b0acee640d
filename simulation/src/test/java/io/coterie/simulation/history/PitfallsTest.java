package io.coterie.simulation.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Small histories of what broke other systems, as clients saw it, each with one that differs little and is right. They stand in
 * {@code pitfalls.txt}: a line {@code == right: } or {@code == wrong: } with a name, and operations below it.
 */
class PitfallsTest {
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
    void theVerdictIsTheKnownOne(Case pitfall) {
        Verdict verdict = LinearizabilityChecker.of(new RegisterModel()).check(History.parse(pitfall.text));

        Verdict.Kind known =
                pitfall.title.startsWith("right:") ? Verdict.Kind.LINEARIZABLE : Verdict.Kind.NOT_LINEARIZABLE;
        assertEquals(known, verdict.kind(), () -> pitfall.title + "\n" + pitfall.text + verdict);
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
        assertTrue(cases.size() > 40, () -> "only " + cases.size() + " histories were found");
        return cases.stream();
    }
}
