package io.coterie.simulation.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HistoryChartTest {
    private static final List<Operation> OPERATIONS = History.parse("""
                    100 300 a k write =<1> ok
                    200 400 b k read ok ~
                    500 - b k cas =1 =2 unknown
                    600 700 c k read ok =2
                    """).operations();

    @Test
    void eachOperationIsABarInTheRowOfItsClient() {
        String page = HistoryChart.html("what & why", OPERATIONS, List.of());

        OPERATIONS.forEach(operation -> assertTrue(
                page.contains(
                        "<title>" + operation.toString().replace("<", "&lt;").replace(">", "&gt;") + "</title>"),
                page));
        List<String> bars = bars(page, "<rect class='(?:ok|unknown)' x='(\\d+)' y='(\\d+)' width='(\\d+)'");
        assertEquals(4, bars.size());
        String[] write = bars.get(0).split(" ", 3);
        String[] read = bars.get(1).split(" ", 3);
        String[] cas = bars.get(2).split(" ", 3);
        assertFalse(write[1].equals(read[1]), "two clients in one row");
        assertEquals(read[1], cas[1], "one client in two rows");
        assertTrue(number(write[0]) < number(read[0]), "a later operation is further left");
        assertTrue(number(write[0]) + number(write[2]) > number(read[0]), "concurrent operations do not overlap");
        assertTrue(number(cas[2]) > number(write[2]), "an unknown end is not open");
        assertTrue(page.contains("what &amp; why"), page);
    }

    @Test
    void faultsOfThatTimeAreBands() {
        List<HistoryChart.Band> faults = List.of(
                new HistoryChart.Band("KILL [r1]", 350, Long.MAX_VALUE),
                new HistoryChart.Band("PARTITION", 150, 250),
                new HistoryChart.Band("LOSS", 1, 50),
                new HistoryChart.Band("DELAY", 800, 900));

        String page = HistoryChart.html("faults", OPERATIONS, faults);

        assertEquals(
                2,
                bars(page, "<rect class='band' x='(\\d+)' y='(\\d+)' width='(\\d+)'")
                        .size());
        assertTrue(page.contains("KILL [r1]") && page.contains("PARTITION"), page);
        assertFalse(page.contains("LOSS") || page.contains("DELAY"), "a fault of another time");
    }

    private static List<String> bars(String page, String pattern) {
        return Pattern.compile(pattern)
                .matcher(page)
                .results()
                .map(match -> match.group(1) + " " + match.group(2) + " " + match.group(3))
                .toList();
    }

    private static int number(String text) {
        return Integer.parseInt(text);
    }
}
