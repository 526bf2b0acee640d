package io.coterie.simulation.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Checks histories with known verdicts, in the formats of the Porcupine project's test data, in the
 * folder {@code -Dcoterie.histories}. Its file {@code VERDICTS.tsv} has a line for each: name, tab,
 * {@code linearizable} or {@code not linearizable}. All of them must be there, unless {@code
 * -Dcoterie.histories.partial=true} allows some to be missing.
 */
@EnabledIfSystemProperty(named = "coterie.histories", matches = ".+")
class RecordedHistoriesTest {
    private final Path folder = Path.of(System.getProperty("coterie.histories", ""));

    @Test
    void everyVerdictIsAsKnown() throws IOException {
        Map<String, String> known = new TreeMap<>();
        Map<String, String> found = new TreeMap<>();
        List<String> missing = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("VERDICTS.tsv"))) {
            String[] columns = line.split("\t", -1);
            if (Files.exists(folder.resolve(columns[0]))) {
                known.put(columns[0], columns[1]);
                found.put(columns[0], check(columns[0]));
            } else {
                missing.add(columns[0]);
            }
        }
        String checked = "checked %d of %d histories in %s, missing: %s"
                .formatted(known.size(), known.size() + missing.size(), folder, missing.isEmpty() ? "none" : missing);
        System.out.println(checked);
        assertEquals(known, found);
        assertFalse(known.isEmpty(), checked);
        assertTrue(
                missing.isEmpty() || Boolean.getBoolean("coterie.histories.partial"),
                () -> checked + "; add them, or set -Dcoterie.histories.partial=true");
    }

    private String check(String name) throws IOException {
        Verdict verdict = RecordedHistory.check(name, Files.readAllLines(folder.resolve(name)));
        return switch (verdict.kind()) {
            case LINEARIZABLE -> "linearizable";
            case NOT_LINEARIZABLE -> "not linearizable";
            case GAVE_UP -> "gave up";
        };
    }
}
