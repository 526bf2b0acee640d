package io.coterie.benchmarks.overload;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/**
 * The point that an {@link OverloadBenchmark} measured, beside JMH's own score. The main class adds
 * it; JMH makes it by its name.
 */
public final class OverloadProfiler implements InternalProfiler {
    private static volatile @Nullable OverloadPoint shown;

    /**
     * Takes the point of the iteration that ends now. JMH reaches a profiler only through static
     * state.
     */
    static void show(OverloadPoint point) {
        shown = point;
    }

    static @Nullable OverloadPoint shown() {
        return shown;
    }

    @Override
    public String getDescription() {
        return "How calls of an open load end";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        shown = null;
    }

    @Override
    public List<ScalarResult> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        OverloadPoint point = shown;
        if (point == null) {
            return List.of();
        }
        return point.figures().entrySet().stream()
                .map(figure -> new ScalarResult(figure.getKey(), figure.getValue(), "", AggregationPolicy.AVG))
                .toList();
    }
}
