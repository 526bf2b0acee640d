package io.coterie.failuredetector;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The time for detection against the rate of mistakes, a panel for each network, as SVG. Both axes
 * are logarithmic. What made no mistake stands on the lowest line.
 */
final class TradeOffPlot {
    private static final List<String> COLORS =
            List.of("#1f5fa8", "#2f8a4c", "#7a4fa3", "#c8501e", "#7a7a00", "#555555", "#b0307a", "#008080", "#c09000");
    private static final int COLUMNS = 3;
    private static final int WIDTH = 300;
    private static final int HEIGHT = 220;
    private static final int LEFT = 46;
    private static final int TOP = 26;
    private static final int RIGHT = WIDTH - 10;
    private static final int BOTTOM = HEIGHT - 36;
    private static final double MIN_SECONDS = 0.3;
    private static final double MAX_SECONDS = 100;
    private static final double MIN_RATE = 0.05;
    private static final double MAX_RATE = 5_000;

    private final List<String> svg = new ArrayList<>();

    private TradeOffPlot() {}

    static String svg(List<QualityReport.Row> rows) {
        TradeOffPlot plot = new TradeOffPlot();
        plot.draw(rows);
        return String.join("\n", plot.svg) + "\n";
    }

    private void draw(List<QualityReport.Row> rows) {
        int lines = (rows.size() + COLUMNS) / COLUMNS;
        add(
                "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' font-size='10'>",
                COLUMNS * WIDTH, lines * HEIGHT);
        add("<rect width='100%%' height='100%%' fill='white'/>");
        for (int i = 0; i < rows.size(); i++) {
            begin(i);
            panel(rows.get(i));
            add("</g>");
        }
        begin(rows.size());
        legend(rows.get(0));
        add("</g>");
        add("</svg>");
    }

    private void begin(int panel) {
        add("<g transform='translate(%d %d)'>", panel % COLUMNS * WIDTH, panel / COLUMNS * HEIGHT);
    }

    private void panel(QualityReport.Row row) {
        add("<text x='%d' y='16' font-size='12'>%s</text>", LEFT, row.network().name());
        for (double seconds : new double[] {1, 10, 100}) {
            add("<path d='M%.1f %d V%d' stroke='#ddd'/>", x(seconds), TOP, BOTTOM);
            add("<text x='%.1f' y='%d' text-anchor='middle'>%.0f s</text>", x(seconds), BOTTOM + 14, seconds);
        }
        for (double rate : new double[] {0.1, 1, 10, 100, 1_000}) {
            add("<path d='M%d %.1f H%d' stroke='#ddd'/>", LEFT, y(rate), RIGHT);
            add(
                    "<text x='%d' y='%.1f' text-anchor='end'>%s</text>",
                    LEFT - 4, y(rate) + 3, rate < 1 ? "0.1" : (int) rate);
        }
        add("<text x='%d' y='%d' text-anchor='end'>0 /h</text>", LEFT - 4, BOTTOM + 3);
        add("<path d='M%d %d V%d H%d' fill='none' stroke='black'/>", LEFT, TOP, BOTTOM, RIGHT);
        for (int i = 0; i < row.families().size(); i++) {
            String corners = row.families().get(i).stream()
                    .map(cell -> String.format(Locale.ROOT, "%.1f,%.1f", x(cell.median()), y(cell.mistakesPerHour())))
                    .collect(Collectors.joining(" "));
            add("<polyline fill='none' stroke='%s' stroke-width='1.5' points='%s'/>", COLORS.get(i), corners);
        }
        for (int i = 0; i < row.others().size(); i++) {
            QualityCell cell = row.others().get(i);
            dot(
                    x(cell.median()),
                    y(cell.mistakesPerHour()),
                    COLORS.get(row.families().size() + i));
        }
        QualityCell asSet = row.ours().get(0);
        dot(x(asSet.median()), y(asSet.mistakesPerHour()), COLORS.get(0));
    }

    private void legend(QualityReport.Row row) {
        int line = 0;
        for (int i = 0; i < row.families().size(); i++, line++) {
            int y = TOP + 16 * line;
            add("<path d='M%d %d h20' stroke='%s' stroke-width='1.5'/>", LEFT, y - 3, COLORS.get(i));
            name(y, row.families().get(i).get(0).contender().name() + (i == 0 ? " (dot: default)" : ""));
        }
        for (int i = 0; i < row.others().size(); i++, line++) {
            int y = TOP + 16 * line;
            dot(LEFT + 10, y - 3, COLORS.get(row.families().size() + i));
            name(y, row.others().get(i).contender().name());
        }
        add("<text x='%d' y='%d'>right: later detection; up: more mistakes</text>", LEFT, TOP + 16 * line);
    }

    private void name(int y, String name) {
        add("<text x='%d' y='%d'>%s</text>", LEFT + 28, y, name);
    }

    private void dot(double x, double y, String color) {
        add("<circle cx='%.1f' cy='%.1f' r='4' fill='%s'/>", x, y, color);
    }

    private static double x(double seconds) {
        return LEFT + share(seconds, MIN_SECONDS, MAX_SECONDS) * (RIGHT - LEFT);
    }

    private static double y(double perHour) {
        return BOTTOM - share(perHour, MIN_RATE, MAX_RATE) * (BOTTOM - TOP);
    }

    private static double share(double value, double min, double max) {
        return Math.log(Math.min(max, Math.max(min, value)) / min) / Math.log(max / min);
    }

    @SuppressWarnings("AnnotateFormatMethod") // The annotation is no dependency of this module.
    private void add(String format, Object... values) {
        svg.add(String.format(Locale.ROOT, format, values));
    }
}
