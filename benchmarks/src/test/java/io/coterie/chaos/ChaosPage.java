package io.coterie.chaos;

import io.coterie.chaos.faults.Story;
import io.coterie.simulation.history.History;
import io.coterie.simulation.history.HistoryChart;
import io.coterie.simulation.history.LinearizabilityChecker;
import io.coterie.simulation.history.Operation;
import io.coterie.simulation.history.RegisterModel;
import io.coterie.simulation.history.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A page that shows what went wrong in a cluster's life: operations as bars, and faults as bands.
 */
final class ChaosPage {
    /** How many operations are drawn if none contradict each other. Nobody looks through more. */
    private static final int LAST = 200;

    private ChaosPage() {}

    /**
     * Draws the operations that no order explains. If the history can be explained and something
     * else is wrong, it draws the last ones.
     *
     * @param title what is wrong, in a line
     */
    static void write(Path file, String title, History history, Story story) throws IOException {
        List<HistoryChart.Band> faults = story.chapters().stream()
                .map(chapter -> new HistoryChart.Band(chapter.what(), chapter.from(), chapter.to()))
                .toList();
        Verdict verdict = LinearizabilityChecker.of(new RegisterModel()).check(history);
        List<Operation> all = history.operations();
        boolean contradicts = verdict.kind() == Verdict.Kind.NOT_LINEARIZABLE;
        String shown = contradicts
                ? "key " + verdict.key() + ": no order explains these answers"
                : "these are the last operations";
        Files.writeString(
                file,
                HistoryChart.html(
                        title + ", " + shown,
                        contradicts ? verdict.evidence() : all.subList(Math.max(0, all.size() - LAST), all.size()),
                        faults));
    }
}
