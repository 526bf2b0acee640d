package io.coterie.benchmarks.hostile;

import io.coterie.benchmarks.report.Figure;
import io.coterie.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Figures of a good client in Markdown, each beside that of the same client left in peace in the
 * same run.
 */
public final class HostileTable {
    private HostileTable() {}

    /** The lines. The system of a figure is the disturbance. */
    public static List<String> of(List<Figure> figures) {
        Map<String, Figure> quiet = figures.stream()
                .filter(figure -> figure.system().equals(HostileBenchmark.NONE))
                .collect(Collectors.toMap(Figure::load, Function.identity()));
        List<String> lines = new ArrayList<>();
        lines.add("| load | disturbance | per second | spread | to none | p50 µs | p99 µs | p99.9 µs | p50 to none"
                + " | p99 to none |");
        lines.add("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|");
        figures.forEach(figure -> lines.add(line(figure, quiet.get(figure.load()))));
        return lines;
    }

    private static String line(Figure figure, @Nullable Figure none) {
        return Table.row(
                figure.load(),
                figure.system(),
                Table.text("%,.0f", figure.perSecond()),
                Table.text("%.0f %%", figure.spread() * 100),
                Table.ratio(figure, none, Figure::perSecond),
                Table.text("%.1f", figure.p50()),
                Table.text("%.1f", figure.p99()),
                Table.text("%.1f", figure.p999()),
                Table.ratio(figure, none, Figure::p50),
                Table.ratio(figure, none, Figure::p99));
    }
}
