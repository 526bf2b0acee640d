package io.coterie.failuredetector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small part of the matrix, from a fixed seed. The page on failure detection has the whole. */
class QualityMatrixTest {
    private static final QualityCell.Effort SMALL = new QualityCell.Effort(7, 0.5, 20);

    /** Where a silence lasts because a process stops or a link is cut: nothing but patience helps. */
    private static final Set<String> SILENT = Set.of("flapping link", "pauses, watched");

    @Test
    void theDefaultDetectsInHalfTheTimeOfOthersWhereProcessesAreNotSilentThemselves() {
        List<String> slower = new ArrayList<>();
        for (Network network : Network.ALL) {
            double share = QualityReport.worstShare(
                    QualityMatrix.cells(network, QualityMatrix.PHI.members(), SMALL),
                    QualityMatrix.cells(network, Contender.OTHERS, SMALL));
            if (share > 0.5) {
                slower.add(network.name());
            }
        }
        assertTrue(SILENT.containsAll(slower), slower::toString);
    }

    @Test
    void onlySilentProcessesAreTakenForDownAgainAndAgain() {
        for (Network network : Network.ALL) {
            double mistakes =
                    QualityCell.measure(network, Contender.DEFAULT, SMALL).mistakesPerHour();
            // Half an hour: a lasting change costs up to three mistakes, then none.
            assertTrue(SILENT.contains(network.name()) || mistakes <= 6, network.name() + ": " + mistakes);
        }
    }

    @Test
    void aPauseOfTheWatchingProcessCausesNoMistake() {
        Network network = Network.ALL.get(Network.ALL.size() - 1);
        assertEquals("pauses, watching", network.name());
        Quality quality = QualityCell.measure(network, Contender.DEFAULT, SMALL).quality();
        assertEquals(0, quality.suspected().perHour());
    }

    @Test
    void theSameSeedGivesTheSameFigures() {
        QualityCell one = QualityCell.measure(Network.ALL.get(4), Contender.DEFAULT, SMALL);
        QualityCell other = QualityCell.measure(Network.ALL.get(4), Contender.DEFAULT, SMALL);
        assertEquals(one.quality(), other.quality());
        assertArrayEquals(one.downAfter(), other.downAfter());
    }

    @Test
    void mistakesOfAKnownLinkAreCountedExactly(@TempDir Path folder) throws IOException {
        Path csv = folder.resolve("trace.csv");
        // Each 2 s, 19 heartbeats at their time and then one second of silence.
        Files.write(
                csv,
                Stream.concat(Stream.generate(() -> "100").limit(19), Stream.of("1100", ""))
                        .toList());
        Contender fixed = Contender.ours("fixed", FailureDetection.fixedTimeout(Duration.ofSeconds(1)));
        Quality.Mistakes down =
                WatchRun.mistakes(fixed, Network.of(Trace.read(csv)), 1, 1).down();
        assertEquals(1_200, down.perHour(), 1);
        assertTrue(down.seconds() > 0 && down.seconds() <= 0.1, down::toString);
        assertEquals(1 - down.seconds() / 3, down.accuracy(), 1e-3);
    }

    @Test
    void theReportHasALineForEachNetworkAndAPanelForEach() {
        List<QualityCell> cells =
                QualityMatrix.cells(Network.ALL.get(0), List.of(Contender.DEFAULT), new QualityCell.Effort(1, 0.1, 3));
        List<QualityReport.Row> rows = List.of(new QualityReport.Row(Network.ALL.get(0), cells, cells, List.of(cells)));
        List<String> lines = QualityReport.lines(rows);
        assertTrue(lines.stream().anyMatch(line -> line.matches("\\| LAN( \\| 1\\.[23] / 0){2} \\|")), lines::toString);
        assertTrue(lines.contains("| LAN | 1.00 |"), lines::toString);
        assertTrue(TradeOffPlot.svg(rows).contains(">LAN</text>"));
    }
}
