package io.coterie.benchmarks.overload;

import io.coterie.benchmarks.report.Figure;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;

/**
 * What a server did with what it was offered.
 *
 * @param offered in multiples of what it can do
 * @param capacity what it can do, in calls a second
 * @param begun calls a second that came
 * @param answered those of them that were answered in time
 * @param refused those that were turned away
 * @param late those that had no answer in time
 * @param p99 of those answered, in milliseconds
 * @param behind how late calls began, in milliseconds, the 99th of 100: where that is no small part of the time to answer,
 *     the caller was overloaded and not the server
 * @param waiting how many waited in the server at most
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

    /** The medians over forks of what {@link #figures} gave to each. */
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

    /** All but what is a parameter, by name. */
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
