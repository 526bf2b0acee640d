package io.coterie.benchmarks.overload;

import io.coterie.benchmarks.report.Plot;
import io.coterie.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What the points of an {@link OverloadBenchmark} show together: how much of its peak a server
 * keeps beyond its limit.
 */
public final class OverloadReport {
    private final List<OverloadPoint> points;

    public OverloadReport(List<OverloadPoint> points) {
        this.points = points.stream()
                .sorted(Comparator.comparingDouble(OverloadPoint::offered))
                .toList();
    }

    /** The most answers a second in time at any point. */
    double peak() {
        return points.stream().mapToDouble(OverloadPoint::answered).max().orElse(Double.NaN);
    }

    /** A table in Markdown, and a line about the point of the highest load. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("| offered | calls/s | answered/s | to peak | refused/s | late/s | p99 ms | caller behind p99 ms"
                + " | most waiting | heap MiB | capacity/s |");
        lines.add("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        points.forEach(point -> lines.add(line(point)));
        OverloadPoint last = points.get(points.size() - 1);
        lines.add("");
        lines.add(Table.text("Goodput at %s", last.offered()).replaceFirst("\\.0$", "")
                + Table.text(" times capacity: %.2f of its peak", last.answered() / peak()));
        return lines;
    }

    /** Goodput over what is offered, as SVG. */
    public String plot() {
        return draw(emptyPlot()).svg();
    }

    /** A plot with its axes, and nothing drawn yet. */
    static Plot emptyPlot() {
        return new Plot("offered load / capacity", "goodput / peak goodput");
    }

    /** Adds the points to the plot's last line. */
    Plot draw(Plot plot) {
        points.forEach(point -> plot.add(point.offered(), point.answered() / peak()));
        return plot;
    }

    private String line(OverloadPoint point) {
        return Table.row(
                Table.text("%.1f", point.offered()),
                Table.text("%,.0f", point.begun()),
                Table.text("%,.0f", point.answered()),
                Table.text("%.2f", point.answered() / peak()),
                Table.text("%,.0f", point.refused()),
                Table.text("%,.0f", point.late()),
                Table.text("%.1f", point.p99()),
                Table.text("%.1f", point.behind()),
                Table.text("%,.0f", point.waiting()),
                Table.text("%.1f", point.heap() / (1 << 20)),
                Table.text("%,.0f", point.capacity()));
    }
}
