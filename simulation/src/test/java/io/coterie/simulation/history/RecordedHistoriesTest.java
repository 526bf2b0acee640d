package io.coterie.simulation.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Checks histories with known verdicts, in the formats of the Porcupine project's test data, out of the folder that {@code
 * -Dcoterie.histories} names. Its file {@code VERDICTS.tsv} has a line for each: name, tab, {@code linearizable} or {@code
 * not linearizable}.
 */
@EnabledIfSystemProperty(named = "coterie.histories", matches = ".+")
class RecordedHistoriesTest {
    private final Path folder = Path.of(System.getProperty("coterie.histories", ""));

    @Test
    void everyVerdictIsTheKnownOne() throws IOException {
        Map<String, String> known = new TreeMap<>();
        Map<String, String> found = new TreeMap<>();
        for (String line : Files.readAllLines(folder.resolve("VERDICTS.tsv"))) {
            String[] columns = line.split("\t", -1);
            if (Files.exists(folder.resolve(columns[0]))) {
                known.put(columns[0], columns[1]);
                Verdict verdict = RecordedHistory.check(columns[0], Files.readAllLines(folder.resolve(columns[0])));
                found.put(
                        columns[0],
                        verdict.kind() == Verdict.Kind.LINEARIZABLE
                                ? "linearizable"
                                : verdict.kind() == Verdict.Kind.GAVE_UP ? "gave up" : "not linearizable");
            }
        }
        assertFalse(known.isEmpty(), "no history in " + folder);
        assertEquals(known, found);
    }
}
