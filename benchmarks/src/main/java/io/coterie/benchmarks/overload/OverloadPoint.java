package io.coterie.benchmarks.overload;

import io.coterie.benchmarks.report.Figure;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;

/**
 * What a server did with one multiple of its capacity.
 *
 * @param offered in multiples of the capacity
 * @param capacity calls a second that the server can answer
 * @param begun calls a second that came
 * @param answered calls a second that were answered in time
 * @param refused calls a second that were refused
 * @param late calls a second that had no answer in time
 * @param p99 time of the answered calls, in milliseconds
 * @param behind how late calls began, in milliseconds, the 99th of 100. If that is a large part of
 *     the time to answer, the caller was overloaded and not the server
 * @param waiting how many calls waited in the server at most
 * @param heap bytes in use in the server under load, after a collection
 */
public record OverloadPoint(
        double offered,
        double capacity,
        double begun,
        double answered,
        double refused,
        double late,
        double p99,
        double behind,
        double waiting,
        double heap) {
    static OverloadPoint of(double offered, double capacity, OpenLoad load, double waiting, double heap) {
        Outcomes outcomes = load.outcomes();
        double seconds = load.seconds();
        return new OverloadPoint(
                offered,
                capacity,
                outcomes.allBegun() / seconds,
                outcomes.allAnswered() / seconds,
                outcomes.allRefused() / seconds,
                outcomes.allLate() / seconds,
                outcomes.quantile(0.99) / 1e6,
                outcomes.behindQuantile(0.99) / 1e6,
                waiting,
                heap);
    }

    /** The medians over forks of the values in {@link #figures}. */
    public static OverloadPoint of(RunResult run) {
        Collection<BenchmarkResult> forks = run.getBenchmarkResults();
        return new OverloadPoint(
                Double.parseDouble(run.getParams().getParam("offered")),
                Figure.median(forks, "capacity"),
                Figure.median(forks, "begun"),
                Figure.median(forks, "answered"),
                Figure.median(forks, "refused"),
                Figure.median(forks, "late"),
                Figure.median(forks, "answered p99"),
                Figure.median(forks, "begun behind p99"),
                Figure.median(forks, "waiting"),
                Figure.median(forks, "heap"));
    }

    /** All values but the parameter, by name. */
    Map<String, Double> figures() {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("capacity", capacity);
        figures.put("begun", begun);
        figures.put("answered", answered);
        figures.put("refused", refused);
        figures.put("late", late);
        figures.put("answered p99", p99);
        figures.put("begun behind p99", behind);
        figures.put("waiting", waiting);
        figures.put("heap", heap);
        return figures;
    }
}
