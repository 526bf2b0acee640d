package io.coterie.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** One or several lines of points, over two axes that begin at zero, as SVG. */
public final class Plot {
    private static final List<String> COLORS = List.of("#1f5fa8", "#c8501e", "#2f8a4c", "#7a4fa3", "#7a7a00");
    private static final int WIDTH = 640;
    private static final int HEIGHT = 400;
    private static final int LEFT = 60;
    private static final int RIGHT = WIDTH - 20;
    private static final int TOP = 20;
    private static final int BOTTOM = HEIGHT - 50;

    private final String xTitle;
    private final String yTitle;
    private final List<Line> lines = new ArrayList<>();

    private record Point(double x, double y) {}

    private record Line(String name, List<Point> points) {}

    /** An empty plot. Titles are plain text without markup. */
    public Plot(String xTitle, String yTitle) {
        this.xTitle = xTitle;
        this.yTitle = yTitle;
    }

    /**
     * Begins a line of that name, which is plain text without markup. Points that are added from
     * now on belong to it.
     */
    public Plot line(String name) {
        lines.add(new Line(name, new ArrayList<>()));
        return this;
    }

    /**
     * Adds a point. Neither value may be below zero, and each point is to the right of those before
     * it in its line.
     */
    public void add(double x, double y) {
        if (lines.isEmpty()) {
            line("");
        }
        lines.get(lines.size() - 1).points.add(new Point(x, y));
    }

    public String svg() {
        Axis xAxis = axis(Point::x, LEFT, RIGHT);
        Axis yAxis = axis(Point::y, BOTTOM, TOP);
        List<String> svg = new ArrayList<>();
        svg.add(String.format(
                Locale.ROOT,
                "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' font-size='12'>",
                WIDTH,
                HEIGHT));
        svg.add("<rect width='100%' height='100%' fill='white'/>");
        drawAxes(xAxis, yAxis, svg);
        for (int i = 0; i < lines.size(); i++) {
            draw(lines.get(i), i, xAxis, yAxis, svg);
        }
        svg.add("</svg>\n");
        return String.join("\n", svg);
    }

    private static void draw(Line line, int index, Axis xAxis, Axis yAxis, List<String> lines) {
        String color = COLORS.get(index % COLORS.size());
        String corners = line.points.stream()
                .map(point -> String.format(Locale.ROOT, "%.1f,%.1f", xAxis.at(point.x), yAxis.at(point.y)))
                .collect(Collectors.joining(" "));
        lines.add("<polyline fill='none' stroke='" + color + "' stroke-width='2' points='" + corners + "'/>");
        for (Point point : line.points) {
            lines.add(String.format(
                    Locale.ROOT,
                    "<circle cx='%.1f' cy='%.1f' r='4' fill='%s'/>",
                    xAxis.at(point.x),
                    yAxis.at(point.y),
                    color));
        }
        if (!line.name.isEmpty()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "<text x='%d' y='%d' text-anchor='end' fill='%s'>%s</text>",
                    RIGHT - 8,
                    BOTTOM - 10 - 16 * index,
                    color,
                    line.name));
        }
    }

    private void drawAxes(Axis xAxis, Axis yAxis, List<String> lines) {
        for (double value : xAxis.ticks()) {
            double x = xAxis.at(value);
            lines.add(String.format(Locale.ROOT, "<path d='M%.1f %d V%d' stroke='#ddd'/>", x, TOP, BOTTOM));
            lines.add(String.format(
                    Locale.ROOT, "<text x='%.1f' y='%d' text-anchor='middle'>%s</text>", x, BOTTOM + 18, label(value)));
        }
        for (double value : yAxis.ticks()) {
            double y = yAxis.at(value);
            lines.add(String.format(Locale.ROOT, "<path d='M%d %.1f H%d' stroke='#ddd'/>", LEFT, y, RIGHT));
            lines.add(String.format(
                    Locale.ROOT, "<text x='%d' y='%.1f' text-anchor='end'>%s</text>", LEFT - 8, y + 4, label(value)));
        }
        lines.add(String.format(
                Locale.ROOT, "<path d='M%d %d V%d H%d' fill='none' stroke='black'/>", LEFT, TOP, BOTTOM, RIGHT));
        lines.add(String.format(
                Locale.ROOT,
                "<text x='%d' y='%d' text-anchor='middle'>%s</text>",
                (LEFT + RIGHT) / 2,
                HEIGHT - 10,
                xTitle));
        lines.add(String.format(
                Locale.ROOT,
                "<text transform='translate(16 %d) rotate(-90)' text-anchor='middle'>%s</text>",
                (TOP + BOTTOM) / 2,
                yTitle));
    }

    private Axis axis(ToDoubleFunction<Point> value, int from, int to) {
        double highest = lines.stream()
                .flatMap(line -> line.points.stream())
                .mapToDouble(value)
                .max()
                .orElse(0);
        return Axis.upTo(highest > 0 ? highest : 1, from, to);
    }

    private static String label(double value) {
        return String.format(Locale.ROOT, "%.3f", value).replaceFirst("\\.?0+$", "");
    }

    /** Values from zero to {@code steps} steps, and where they stand in the picture. */
    private record Axis(double step, int steps, int from, int to) {
        private static final int MAX_STEPS = 10;

        /**
         * Takes the smallest step of 1, 2, 5, 10, 20 and so on, or a tenth or hundredth of these,
         * that needs few enough steps.
         */
        static Axis upTo(double highest, int from, int to) {
            double unit = Math.pow(10, Math.floor(Math.log10(highest / MAX_STEPS)));
            double step = unit;
            for (double times : new double[] {1, 2, 5, 10}) {
                step = times * unit;
                if (highest <= step * MAX_STEPS * (1 + 1e-9)) {
                    break;
                }
            }
            return new Axis(step, (int) Math.ceil(highest / step - 1e-9), from, to);
        }

        double at(double value) {
            return from + value / (step * steps) * (to - from);
        }

        List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            for (int i = 0; i <= steps; i++) {
                ticks.add(i * step);
            }
            return ticks;
        }
    }
}
