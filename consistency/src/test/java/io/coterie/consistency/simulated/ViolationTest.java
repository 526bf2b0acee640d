package io.coterie.consistency.simulated;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.broken.BrokenReads;
import io.coterie.simulation.history.HistoryChart;
import io.coterie.simulation.history.Op;
import io.coterie.simulation.history.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What humans read when a seed fails. */
class ViolationTest {
    /**
     * A seed at which faults are on and the broken variants are caught; none that other tests run,
     * whose pages are to stay.
     */
    private static final long SEED = 1_003;

    private static final int MAX_OPERATIONS = 25;

    /** A wrong delivery cannot be shrunk: all writes of that moment are shown. */
    private static final int MAX_AROUND_A_DELIVERY = 40;

    @Test
    void aViolationReportsTheSeedTheShortestHistoryAndAChartOfIt() throws IOException {
        SimulatedRun run = new SimulatedRun(SEED, BrokenReads.ofWhatWasSeenLast());
        mustReport(
                "StrongSimulationTest",
                () -> StrongSeed.check(SEED, BrokenReads.ofWhatWasSeenLast()),
                run.verdict().evidence(),
                MAX_OPERATIONS,
                run.faults());
    }

    @Test
    void aViolationOfDeletesReportsTheSame() throws IOException {
        DeletionRun run = new DeletionRun(SEED, BrokenReads.ofWhatWasSeenLast());
        mustReport(
                "DeletionSimulationTest",
                () -> DeletionSimulationTest.check(SEED, BrokenReads.ofWhatWasSeenLast()),
                run.verdict().evidence(),
                MAX_OPERATIONS,
                run.faults());
    }

    @Test
    void aViolationOfAContestReportsTheSame() throws IOException {
        SimulatedRun run = SimulatedRun.contest(SEED, BrokenReads.ofWhatWasSeenLast());
        mustReport(
                "ContestTest",
                () -> ContestTest.check(SEED, BrokenReads.ofWhatWasSeenLast()),
                run.verdict().evidence(),
                MAX_OPERATIONS,
                run.faults());
    }

    @Test
    void aViolationOfAWatchReportsDeliveriesAndWrites() throws IOException {
        WatchRun run = new WatchRun(SEED, WatchSimulationTest.deliveredAtTheFirstAccept());
        List<Operation> evidence = Objects.requireNonNull(run.problem()).evidence();
        mustReport(
                "WatchSimulationTest",
                () -> WatchSimulationTest.check(SEED, WatchSimulationTest.deliveredAtTheFirstAccept()),
                evidence,
                MAX_AROUND_A_DELIVERY,
                run.faults());
        // What was delivered and not chosen is the last reading, and someone wrote it.
        Operation delivered = evidence.stream()
                .filter(operation -> operation.op() instanceof Op.Read)
                .reduce((one, next) -> next)
                .orElseThrow();
        assertTrue(delivered.process().endsWith("/prefix"), delivered::toString);
        assertTrue(
                evidence.stream()
                        .anyMatch(operation -> operation.invoked() < delivered.invoked()
                                && !(operation.op() instanceof Op.Read)
                                && operation.op().toString().contains(String.valueOf(delivered.result()))),
                evidence::toString);
    }

    private static void mustReport(
            String test, Executable check, List<Operation> evidence, int most, List<HistoryChart.Band> faults)
            throws IOException {
        Path expected = Path.of("target", "violations", test + "-seed-" + SEED + ".html");
        Files.deleteIfExists(expected);
        AssertionError failure = assertThrows(AssertionError.class, check);
        String report = String.valueOf(failure.getMessage());

        assertTrue(report.contains("-Dtest=" + test + " ") && report.contains("-Dcoterie.seed=" + SEED), report);
        assertFalse(evidence.isEmpty(), report);
        assertTrue(evidence.size() < most, report);
        evidence.forEach(operation -> assertTrue(report.contains(operation.toString()), report));
        Path path = Path.of(report.substring(report.lastIndexOf("chart: ") + 7));
        assertTrue(path.endsWith(expected), report);
        String page = Files.readString(path);
        evidence.forEach(operation -> assertTrue(page.contains(operation.toString()), page));
        assertTrue(page.contains("class='ok'") && page.contains("</svg>"), page);
        assertFalse(faults.isEmpty(), "no faults");
    }
}
