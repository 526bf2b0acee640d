package io.coterie.benchmarks;

import io.coterie.benchmarks.harness.FiguresProfiler;
import io.coterie.benchmarks.harness.LatencyProfiler;
import io.coterie.benchmarks.hostile.HostileBenchmark;
import io.coterie.benchmarks.hostile.HostileTable;
import io.coterie.benchmarks.overload.OverloadBenchmark;
import io.coterie.benchmarks.overload.OverloadPoint;
import io.coterie.benchmarks.overload.OverloadProfiler;
import io.coterie.benchmarks.overload.OverloadReport;
import io.coterie.benchmarks.overload.StoreOverloadBenchmark;
import io.coterie.benchmarks.overload.StoreOverloadReport;
import io.coterie.benchmarks.report.Figure;
import io.coterie.benchmarks.report.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs benchmarks as JMH's own main class does, with the same options. At the end it prints the
 * medians over forks as Markdown tables, beside the raw limits and the rivals of the same run. The
 * plot of {@link OverloadBenchmark} is written to {@code target/overload.svg}, or to the file that
 * the system property {@code coterie.overload.plot} names. The plot of {@link
 * StoreOverloadBenchmark} is written to {@code target/store-overload.svg}, or to the file that
 * {@code coterie.store-overload.plot} names.
 */
public final class Main {
    private static final String PLOT = "coterie.overload.plot";
    private static final String STORE_PLOT = "coterie.store-overload.plot";

    private Main() {}

    /** Takes JMH's options; {@code -h} lists them. */
    public static void main(String[] args) throws Exception {
        CommandLineOptions options = new CommandLineOptions(args);
        if (asksForHelp(options)) {
            org.openjdk.jmh.Main.main(args);
            return;
        }
        Runner runner = new Runner(new OptionsBuilder()
                .parent(options)
                .addProfiler(LatencyProfiler.class)
                .addProfiler(OverloadProfiler.class)
                .addProfiler(FiguresProfiler.class)
                .build());
        Collection<RunResult> runs = runner.run();
        print(Table.of(all(runs, "system", Figure::of)));
        print(HostileTable.of(
                all(runs, HostileBenchmark.DISTURBANCE, run -> Figure.of(run, HostileBenchmark.DISTURBANCE))));
        List<RunResult> overloads = all(runs, "offered", Function.identity());
        List<RunResult> ofStores = all(overloads, "bytes", Function.identity());
        List<OverloadPoint> ofServers = overloads.stream()
                .filter(run -> !has(run, "bytes"))
                .map(OverloadPoint::of)
                .toList();
        if (!ofServers.isEmpty()) {
            OverloadReport report = new OverloadReport(ofServers);
            show(report.lines(), report.plot(), System.getProperty(PLOT, "target/overload.svg"));
        }
        if (!ofStores.isEmpty()) {
            StoreOverloadReport report = StoreOverloadReport.of(ofStores);
            show(report.lines(), report.plot(), System.getProperty(STORE_PLOT, "target/store-overload.svg"));
        }
    }

    /** The runs that have such a parameter. */
    private static <T> List<T> all(Collection<RunResult> runs, String param, Function<RunResult, T> read) {
        return runs.stream().filter(run -> has(run, param)).map(read).toList();
    }

    private static boolean has(RunResult run, String param) {
        return run.getParams().getParamsKeys().contains(param);
    }

    private static void show(List<String> lines, String plot, String file) throws IOException {
        print(lines);
        Path path = Path.of(file).toAbsolutePath();
        Files.createDirectories(path.getParent());
        Files.writeString(path, plot);
        System.out.println("Plot: " + path);
    }

    /** Prints a table, unless there is nothing in it. */
    private static void print(List<String> lines) {
        if (lines.size() > Table.HEAD_LINES) {
            System.out.println();
            lines.forEach(System.out::println);
        }
    }

    private static boolean asksForHelp(CommandLineOptions options) {
        return options.shouldHelp()
                || options.shouldList()
                || options.shouldListWithParams()
                || options.shouldListProfilers()
                || options.shouldListResultFormats();
    }
}
