package io.coterie.simulation.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@link ExactlyOnceChecker} and {@link DurabilityChecker}, on histories whose end begins at 100,
 * or whose power is lost then.
 */
class AddingUpTest {
    private static final long END = 100;

    private static final String ADDITIONS = """
            1 2 a n add 3 ok =3
            3 4 b n add 2 failed ~
            5 - c n add 10 unknown ~
            """;

    private static final String APPENDS = """
            1 2 a log append =a; ok =a;
            3 4 b log append =b; failed ~
            5 - c log append =c; unknown ~
            """;

    @ParameterizedTest
    @CsvSource({"=3, right", "=13, right", "=2, wrong", "=0, wrong", "~, wrong", "=14, wrong", "=16, wrong"})
    void sumsAreWithinTheirBounds(String sum, String expected) {
        assertEquals(expected, once(ADDITIONS + "101 102 d n read ok " + sum));
    }

    @ParameterizedTest
    @CsvSource({
        "=a;, right",
        "=a;c;, right",
        "=c;a;, right",
        "~, wrong",
        "=c;, wrong",
        "=a;a;, wrong",
        "=a;c;c;, wrong",
        "=a;b;, wrong",
        "=a;d;, wrong"
    })
    void textsOccurAsOftenAsTheirOutcomeAllows(String text, String expected) {
        assertEquals(expected, once(APPENDS + "101 102 d log read ok " + text));
    }

    @Test
    void theEvidenceIsTheOperationAndTheReadAgainstIt() {
        History history = History.parse(APPENDS + "101 102 d log read ok =c;");
        List<Contradiction> found = ExactlyOnceChecker.check(history, END);

        assertEquals(1, found.size());
        assertEquals(
                List.of(history.operations().get(0), history.operations().get(3)),
                found.get(0).evidence());
        String shown = found.get(0).toString();
        assertTrue(shown.contains("key log: an append whose outcome is OK is there 0 times"), shown);
        assertTrue(shown.contains("append =a;"), shown);
    }

    @Test
    void earlierReadsAndOtherKeysDoNotCount() {
        assertEquals("right", once(APPENDS + "50 51 d log read ok =nonsense\n"));
        assertEquals("right", once(APPENDS + "6 7 d log write =x ok ~\n101 102 d log read ok =x"));
        assertEquals("right", once(ADDITIONS + "6 7 d n delete ok ~\n101 102 d n read ok ~"));
    }

    @Test
    void textsThatAreNotUniqueProveNothing() {
        String twice = APPENDS + "6 7 d log append =a; ok =a;a;";
        assertThrows(IllegalArgumentException.class, () -> once(twice));
    }

    @ParameterizedTest
    @CsvSource({"=3, right", "=13, right", "=2, wrong", "~, wrong"})
    void acknowledgedAdditionsSurvive(String sum, String expected) {
        assertEquals(expected, durable(ADDITIONS + "101 102 d n read ok " + sum));
    }

    @ParameterizedTest
    @CsvSource({"=a;, right", "=a;c;, right", "=c;, wrong", "~, wrong"})
    void acknowledgedTextsSurvive(String text, String expected) {
        assertEquals(expected, durable(APPENDS + "101 102 d log read ok " + text));
    }

    @ParameterizedTest
    @CsvSource({"=x, right", "=y, wrong", "~, wrong"})
    void theLastReadValueSurvives(String value, String expected) {
        String before = "1 2 a k write =y ok ~\n3 4 a k write =x ok ~\n5 6 b k read ok =x\n";
        assertEquals(expected, durable(before + "101 102 c k read ok " + value));
    }

    @Test
    void aPossibleLaterWriteMayChangeTheValue() {
        String writing = "1 2 a k write =x ok ~\n3 - b k write =y unknown ~\n5 6 c k read ok =x\n";
        assertEquals("right", durable(writing + "101 102 c k read ok =y"));
        String concurrent = "1 2 a k write =y ok ~\n3 6 a k write =x ok ~\n4 5 c k read ok =y\n";
        assertEquals("right", durable(concurrent + "101 102 c k read ok =x"));
    }

    private static String once(String history) {
        return ExactlyOnceChecker.check(History.parse(history), END).isEmpty() ? "right" : "wrong";
    }

    private static String durable(String history) {
        return DurabilityChecker.check(History.parse(history), END).isEmpty() ? "right" : "wrong";
    }
}
