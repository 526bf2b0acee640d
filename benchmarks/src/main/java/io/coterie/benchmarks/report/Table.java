package io.coterie.benchmarks.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Figures in Markdown, each beside those of its rivals under the same load in the same run. */
public final class Table {
    /** How many lines an empty table has. */
    public static final int HEAD_LINES = 2;

    /** What stands between the name of the plain system and the rest of a variant's name. */
    private static final char VARIANT = '-';

    /**
     * A system whose name ends so stands beside the raw limit whose name ends so, if that was
     * measured.
     */
    private static final String SPIN = "-spin";

    /**
     * The size of the future that a call returns. A library allocates it for its caller, but so
     * does the harness. References have 4 bytes each, as in any heap below 32 GB.
     */
    private static final int FUTURE_BYTES = 24;

    private final Map<String, Map<String, Figure>> figures = new HashMap<>();

    private Table(List<Figure> all) {
        all.forEach(figure ->
                figures.computeIfAbsent(figure.load(), load -> new HashMap<>()).put(figure.system(), figure));
    }

    /**
     * The lines. The raw system has no line of its own, and a cell is empty where nothing was
     * measured. A ratio divides the figure of the line by that of its rival.
     */
    public static List<String> of(List<Figure> figures) {
        Table table = new Table(figures);
        List<String> lines = new ArrayList<>();
        lines.add(
                "| load | system | per second | spread | raw, per second | to raw | to netty | to grpc | to jgroups | to plain"
                        + " | p50 µs | p99 µs | p99.9 µs | p99.9 to p50 | raw p50 µs | raw p99 µs | p50 to raw | p99 to raw"
                        + " | B/op | own B/op |");
        lines.add("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        for (Figure figure : figures) {
            if (!figure.system().equals(SystemNames.RAW)) {
                lines.add(table.line(figure));
            }
        }
        return lines;
    }

    private String line(Figure figure) {
        Figure raw = raw(figure);
        return row(
                figure.load(),
                figure.system(),
                text("%,.0f", figure.perSecond()),
                text("%.0f %%", figure.spread() * 100),
                raw == null ? "" : text("%,.0f", raw.perSecond()),
                ratio(figure, raw, Figure::perSecond),
                ratio(figure, rival(figure, SystemNames.NETTY), Figure::perSecond),
                ratio(figure, rival(figure, SystemNames.GRPC), Figure::perSecond),
                ratio(figure, rival(figure, SystemNames.JGROUPS_RAFT), Figure::perSecond),
                ratio(figure, plain(figure), Figure::perSecond),
                text("%.1f", figure.p50()),
                text("%.1f", figure.p99()),
                text("%.1f", figure.p999()),
                text("%.1f", figure.p999() / figure.p50()),
                raw == null ? "" : text("%.1f", raw.p50()),
                raw == null ? "" : text("%.1f", raw.p99()),
                ratio(figure, raw, Figure::p50),
                ratio(figure, raw, Figure::p99),
                text("%,.0f", figure.bytes()),
                text("%,.0f", ownBytes(figure)));
    }

    private @Nullable Figure raw(Figure figure) {
        Figure likewise = figure.system().endsWith(SPIN) ? rival(figure, SystemNames.RAW + SPIN) : null;
        if (likewise != null) {
            return likewise;
        }
        Figure quorum = rival(figure, SystemNames.RAW_QUORUM);
        return quorum == null || figure.system().startsWith(SystemNames.RAW) ? rival(figure, SystemNames.RAW) : quorum;
    }

    /** The figure of the plain system, for a variant that costs something. */
    private @Nullable Figure plain(Figure figure) {
        int end = figure.system().indexOf(VARIANT);
        return end < 0 || figure.system().startsWith(SystemNames.RAW)
                ? null
                : rival(figure, figure.system().substring(0, end));
    }

    /** The figure of another system under the same load. */
    private @Nullable Figure rival(Figure figure, String system) {
        return figure.system().equals(system)
                ? null
                : figures.getOrDefault(figure.load(), Map.of()).get(system);
    }

    /** What was allocated, without what measuring allocates. Raw loops measure by themselves. */
    private double ownBytes(Figure figure) {
        Figure harness = rival(figure, SystemNames.HARNESS);
        return harness == null || figure.system().startsWith(SystemNames.RAW)
                ? Double.NaN
                : figure.bytes() - harness.bytes() + FUTURE_BYTES;
    }

    public static String ratio(Figure figure, @Nullable Figure base, ToDoubleFunction<Figure> of) {
        return base == null ? "" : text("%.2f", of.applyAsDouble(figure) / of.applyAsDouble(base));
    }

    public static String text(String format, double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
    }

    public static String row(String... cells) {
        return List.of(cells).stream().collect(Collectors.joining(" | ", "| ", " |"));
    }
}
