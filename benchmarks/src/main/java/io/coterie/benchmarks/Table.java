package io.coterie.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Figures in Markdown, each beside that of the system {@code raw} under the same load. */
final class Table {
    private static final String RAW = "raw";

    private Table() {}

    /** The lines. What is raw has no line of its own, and what was not measured is empty. */
    static List<String> of(List<Figure> figures) {
        Map<String, Figure> raws = figures.stream()
                .filter(figure -> figure.system().equals(RAW))
                .collect(Collectors.toMap(Figure::load, Function.identity()));
        List<String> lines = new ArrayList<>();
        lines.add("| load | system | per second | spread | raw, per second | ratio"
                + " | p50 µs | p99 µs | p99.9 µs | raw p50 µs | raw p99 µs |");
        lines.add("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        for (Figure figure : figures) {
            if (!figure.system().equals(RAW)) {
                lines.add(line(figure, raws.get(figure.load())));
            }
        }
        return lines;
    }

    private static String line(Figure figure, @Nullable Figure raw) {
        List<String> cells = List.of(
                figure.load(),
                figure.system(),
                text("%,.0f", figure.perSecond()),
                text("%.0f %%", figure.spread() * 100),
                raw == null ? "" : text("%,.0f", raw.perSecond()),
                raw == null ? "" : text("%.2f", figure.perSecond() / raw.perSecond()),
                text("%.1f", figure.p50()),
                text("%.1f", figure.p99()),
                text("%.1f", figure.p999()),
                raw == null ? "" : text("%.1f", raw.p50()),
                raw == null ? "" : text("%.1f", raw.p99()));
        return cells.stream().collect(Collectors.joining(" | ", "| ", " |"));
    }

    private static String text(String format, double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
    }
}
