package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What people are told when a seed fails. */
class ViolationTest {
    /** A seed at which many faults are on and the broken variant is caught at once. */
    private static final long SEED = 1;

    @Test
    void aViolationTellsTheSeedTheShortestHistoryAndAChartOfIt() throws IOException {
        SimulatedRun run = new SimulatedRun(SEED, BrokenReads.ofWhatWasSeenLast());
        AssertionError failure =
                assertThrows(AssertionError.class, () -> StrongSeed.check(SEED, BrokenReads.ofWhatWasSeenLast()));
        String told = String.valueOf(failure.getMessage());

        assertTrue(told.contains("-Dcoterie.seed=" + SEED), told);
        run.verdict().evidence().forEach(operation -> assertTrue(told.contains(operation.toString()), told));
        String page = Files.readString(Path.of(told.substring(told.lastIndexOf("chart: ") + 7)));
        run.verdict().evidence().forEach(operation -> assertTrue(page.contains(operation.toString()), page));
        assertTrue(run.verdict().evidence().size() < 10, told);
        assertTrue(page.contains("class='ok'") && page.contains("</svg>"), page);
    }
}
