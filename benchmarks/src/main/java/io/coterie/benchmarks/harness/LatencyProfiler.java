package io.coterie.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/**
 * How long one of the callers waits for a call, beside the throughput of all. The main class adds
 * it; JMH makes it by its name.
 *
 * <p>JMH's auxiliary counters do not serve, as they are summed over iterations.
 */
public final class LatencyProfiler implements InternalProfiler {
    public static final String P50 = "p50";
    public static final String P99 = "p99";
    public static final String P999 = "p99.9";

    private static volatile @Nullable Progress watched;

    /** Watches this progress from now on. JMH reaches a profiler only through static state. */
    public static void watch(Progress progress) {
        watched = progress;
    }

    @Override
    public String getDescription() {
        return "Latency of one of the callers";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        watched = null;
    }

    @Override
    public List<ScalarResult> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        Progress progress = watched;
        List<ScalarResult> results = new ArrayList<>();
        if (progress != null) {
            Histogram times = progress.times();
            results.add(micros(P50, times.quantile(0.5)));
            results.add(micros(P99, times.quantile(0.99)));
            results.add(micros(P999, times.quantile(0.999)));
        }
        return results;
    }

    private static ScalarResult micros(String label, long nanos) {
        return new ScalarResult(label, nanos / 1000.0, "us", AggregationPolicy.AVG);
    }
}
