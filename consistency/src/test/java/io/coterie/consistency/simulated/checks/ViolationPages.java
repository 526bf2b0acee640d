package io.coterie.consistency.simulated.checks;

import io.coterie.simulation.faults.Nemesis;
import io.coterie.simulation.history.Contradiction;
import io.coterie.simulation.history.HistoryChart;
import io.coterie.simulation.history.Operation;
import io.coterie.simulation.history.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What humans read when a seed of a simulated test fails: how to run it again, what shows the
 * failure in as few operations as were found, and a page below {@code target/violations} that draws
 * these and the faults that were on.
 *
 * @param test the test's simple name
 */
@SuppressWarnings("exports")
public record ViolationPages(String test, long seed) {
    /** What a failure's text begins with. */
    public String replay() {
        return "seed " + seed + " fails; replay it with: mvn test -pl :coterie-consistency -am -Dtest=" + test
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dcoterie.seed=" + seed + "\n";
    }

    /**
     * Accepts a history that can be explained.
     *
     * @throws AssertionError if it cannot, once the page is drawn; its text ends with the page's
     *     path
     */
    public void requireLinearizable(Verdict verdict, List<HistoryChart.Band> faults) {
        if (!verdict.isLinearizable()) {
            String problem = "key " + verdict.key() + ": no order explains these answers";
            throw failure(verdict.toString(), problem, verdict.evidence(), faults);
        }
    }

    /** Accepts that nothing was found by adding up; throws as {@link #requireLinearizable} does. */
    public void requireNone(List<Contradiction> contradictions, List<HistoryChart.Band> faults) {
        if (!contradictions.isEmpty()) {
            Contradiction found = contradictions.get(0);
            throw failure(found.toString(), "key " + found.key() + ": " + found.problem(), found.evidence(), faults);
        }
    }

    /**
     * A failure whose page is drawn.
     *
     * @param text the failure as human-readable text, evidence included
     * @param problem the failure in a line
     * @param evidence what shows it; some hundred operations at most
     */
    public AssertionError failure(
            String text, String problem, List<Operation> evidence, List<HistoryChart.Band> faults) {
        String lines = text.endsWith("\n") ? text : text + "\n";
        return new AssertionError(replay() + lines + "the same as a chart: " + draw(problem, evidence, faults));
    }

    private Path draw(String problem, List<Operation> evidence, List<HistoryChart.Band> faults) {
        Path folder = Path.of("target", "violations").toAbsolutePath();
        try {
            String page = HistoryChart.html(test + ", seed " + seed + ", " + problem, evidence, faults);
            return Files.writeString(Files.createDirectories(folder).resolve(test + "-seed-" + seed + ".html"), page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The faults of a run, as bands of a chart. */
    public static List<HistoryChart.Band> bands(Nemesis nemesis) {
        return nemesis.spans().stream()
                .map(span -> new HistoryChart.Band(span.toString(), span.began(), span.ended()))
                .toList();
    }
}
