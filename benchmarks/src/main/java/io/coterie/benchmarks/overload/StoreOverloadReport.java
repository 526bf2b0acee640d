package io.coterie.benchmarks.overload;

import io.coterie.benchmarks.report.Plot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.RunResult;

/**
 * What the points of a {@link StoreOverloadBenchmark} show: an {@link OverloadReport} for each size
 * of values.
 */
public final class StoreOverloadReport {
    private final SortedMap<Integer, OverloadReport> reports = new TreeMap<>();

    /** @param points by the size of values in bytes */
    StoreOverloadReport(Map<Integer, List<OverloadPoint>> points) {
        points.forEach((bytes, ofSize) -> reports.put(bytes, new OverloadReport(ofSize)));
    }

    /** The report of some runs of the benchmark. */
    public static StoreOverloadReport of(Collection<RunResult> runs) {
        return new StoreOverloadReport(runs.stream()
                .collect(Collectors.groupingBy(
                        run -> Integer.valueOf(run.getParams().getParam("bytes")),
                        Collectors.mapping(OverloadPoint::of, Collectors.toList()))));
    }

    /** A table in Markdown for each size, the smallest first. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        reports.forEach((bytes, report) -> {
            if (!lines.isEmpty()) {
                lines.add("");
            }
            lines.add("Values of " + size(bytes) + ":");
            lines.add("");
            lines.addAll(report.lines());
        });
        return lines;
    }

    /** Goodput over what is offered, a line for each size, as SVG. */
    public String plot() {
        Plot plot = OverloadReport.emptyPlot();
        reports.forEach((bytes, report) -> report.draw(plot.line(size(bytes))));
        return plot.svg();
    }

    private static String size(int bytes) {
        return bytes % 1024 == 0 ? bytes / 1024 + " KiB" : bytes + " B";
    }
}
