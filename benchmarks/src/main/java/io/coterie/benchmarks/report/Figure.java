package io.coterie.benchmarks.report;

import io.coterie.benchmarks.harness.LatencyProfiler;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * What one system did under one load: medians over forks.
 *
 * @param load the benchmark's name and all parameters but the system
 * @param system one of those compared
 * @param perSecond operations a second
 * @param spread how far apart the fastest and the slowest fork are, as a share of the median
 * @param p50 in microseconds, as the next two; NaN where unknown
 * @param bytes allocated for an operation in the JVM that calls; NaN where no profiler counted them
 */
public record Figure(
        String load,
        String system,
        double perSecond,
        double spread,
        double p50,
        double p99,
        double p999,
        double bytes) {
    private static final String BYTES = "gc.alloc.rate.norm";

    /** The figure of one of the systems that the parameter {@code system} compares. */
    public static Figure of(RunResult run) {
        return of(run, "system");
    }

    /** The figure under one of the values of such a parameter. */
    public static Figure of(RunResult run, String compared) {
        Collection<BenchmarkResult> forks = run.getBenchmarkResults();
        double[] scores = sorted(forks, fork -> fork.getPrimaryResult().getScore());
        return new Figure(
                load(run.getParams(), compared),
                run.getParams().getParam(compared),
                median(scores),
                (scores[scores.length - 1] - scores[0]) / median(scores),
                median(forks, LatencyProfiler.P50),
                median(forks, LatencyProfiler.P99),
                median(forks, LatencyProfiler.P999),
                median(forks, BYTES));
    }

    /** The median of what a profiler reported; NaN where it did not run. */
    public static double median(Collection<BenchmarkResult> forks, String label) {
        return median(sorted(forks, fork -> secondary(fork, label)));
    }

    /** The middle value, or the mean of the two in the middle. */
    public static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static String load(BenchmarkParams params, String compared) {
        String name = params.getBenchmark().replaceFirst(".*\\.(\\w+)Benchmark\\.", "$1 ");
        List<String> keys = params.getParamsKeys().stream()
                .filter(key -> !key.equals(compared))
                .sorted()
                .toList();
        return keys.stream()
                .map(key -> key + " " + params.getParam(key))
                .collect(Collectors.joining(", ", name.toLowerCase(Locale.ROOT) + ", ", ""));
    }

    private static double[] sorted(Collection<BenchmarkResult> forks, ToDoubleFunction<BenchmarkResult> figure) {
        return forks.stream().mapToDouble(figure).sorted().toArray();
    }

    private static double secondary(BenchmarkResult fork, String label) {
        Result<?> result = fork.getSecondaryResults().get(label);
        return result == null ? Double.NaN : result.getScore();
    }
}
