package io.coterie.benchmarks;

import java.util.List;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs benchmarks as JMH's own main class does, with the same options, and prints the medians over forks in the end, beside
 * the raw limits of the same run, as a Markdown table.
 */
public final class Main {
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
                .build());
        List<Figure> figures = runner.run().stream().map(Figure::of).toList();
        System.out.println();
        Table.of(figures).forEach(System.out::println);
    }

    private static boolean asksForHelp(CommandLineOptions options) {
        return options.shouldHelp()
                || options.shouldList()
                || options.shouldListWithParams()
                || options.shouldListProfilers()
                || options.shouldListResultFormats();
    }
}
