package io.coterie.failuredetector;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Compares failure detectors on simulated networks, as they are set and over the range of their
 * margins. Writes tables and a plot; the page on failure detection has the command.
 *
 * <p>The property {@code coterie.quality.folder} names the folder to write to, {@code target} by
 * default. The property {@code coterie.quality.trace} names a file of recorded inter-arrival times,
 * which is then one more network.
 */
final class QualityMatrix {
    static final QualityCell.Effort FULL = new QualityCell.Effort(1, 8, 200);

    private static final double[] MARGINS = {0.2, 0.4, 0.8, 1.6, 2.4, 3.2, 4, 4.4, 4.8, 6.4, 9.6, 12.8};

    private static final String FOLDER = "coterie.quality.folder";
    private static final String TRACE = "coterie.quality.trace";

    private QualityMatrix() {}

    /** A detector over the range of one setting, from hasty to patient. */
    record Family(String name, List<Contender> members) {}

    static final Family PHI =
            family("phi", margin -> FailureDetection.phiAccrual().withAcceptablePause(margin));
    static final Family EXPECTED = family("expected arrival", ExpectedArrival::oneWindow);
    static final Family TWO_WINDOWS = family("two windows", ExpectedArrival::twoWindows);

    private interface Setting {
        FailureDetection of(Duration margin);
    }

    private static Family family(String name, Setting setting) {
        return new Family(
                name,
                DoubleStream.of(MARGINS)
                        .mapToObj(margin -> Duration.ofMillis(Math.round(margin * 1_000)))
                        .map(margin -> Contender.ours(name, setting.of(margin)))
                        .toList());
    }

    /** The cells of some detectors on a network, in their order. */
    static List<QualityCell> cells(Network network, List<Contender> contenders, QualityCell.Effort effort) {
        return contenders.parallelStream()
                .map(contender -> QualityCell.measure(network, contender, effort))
                .toList();
    }

    /** Takes nothing but the properties, so that Maven can run it without arguments. */
    public static void main(String[] args) throws IOException {
        Path folder = Files.createDirectories(Path.of(System.getProperty(FOLDER, "target")));
        String trace = System.getProperty(TRACE, "");
        List<Network> networks = new ArrayList<>(Network.ALL);
        if (!trace.isEmpty()) {
            networks.add(Network.of(Trace.read(Path.of(trace))));
        }
        List<QualityReport.Row> rows = networks.stream()
                .map(network -> new QualityReport.Row(
                        network,
                        cells(network, Contender.OURS, FULL),
                        cells(network, Contender.OTHERS, FULL),
                        Stream.of(PHI, EXPECTED, TWO_WINDOWS)
                                .map(family -> cells(network, family.members, FULL))
                                .toList()))
                .toList();
        Path table = folder.resolve("failure-detection.md");
        Path plot = folder.resolve("failure-detection.svg");
        Files.write(table, QualityReport.lines(rows));
        Files.writeString(plot, TradeOffPlot.svg(rows));
        System.out.println("Table: " + table.toAbsolutePath());
        System.out.println("Plot: " + plot.toAbsolutePath());
    }
}
