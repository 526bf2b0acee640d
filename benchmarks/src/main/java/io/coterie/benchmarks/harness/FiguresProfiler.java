package io.coterie.benchmarks.harness;

import java.util.List;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Figures of a benchmark's own, beside JMH's score. The main class adds it; JMH makes it by its
 * name.
 */
public final class FiguresProfiler implements InternalProfiler {
    private static volatile Map<String, Double> shown = Map.of();

    /**
     * Takes the figures of the iteration that ends now, by their labels. JMH reaches a profiler only
     * through static state.
     */
    public static void show(Map<String, Double> figures) {
        shown = figures;
    }

    @Override
    public String getDescription() {
        return "Figures of a benchmark's own";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        shown = Map.of();
    }

    @Override
    public List<ScalarResult> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        return shown.entrySet().stream()
                .map(figure -> new ScalarResult(figure.getKey(), figure.getValue(), "", AggregationPolicy.AVG))
                .toList();
    }
}
