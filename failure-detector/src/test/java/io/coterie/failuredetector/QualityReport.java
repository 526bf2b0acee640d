package io.coterie.failuredetector;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables of the matrix, in Markdown. */
final class QualityReport {
    private QualityReport() {}

    /** All that was measured on a network. */
    record Row(Network network, List<QualityCell> ours, List<QualityCell> others, List<List<QualityCell>> families) {
        List<QualityCell> asSet() {
            return Stream.concat(ours.stream(), others.stream()).toList();
        }
    }

    static List<String> lines(List<Row> rows) {
        List<String> lines = new ArrayList<>();
        lines.add("Seconds from a failure to the opinion that the process is down (median), and how often that opinion"
                + " is wrong, per hour.");
        lines.add("");
        lines.addAll(summary(rows));
        lines.add("");
        lines.add("The time for detection at no more mistakes than another detector makes, as a share of that of the"
                + " other: the worst of all others.");
        lines.add("");
        lines.addAll(shares(rows));
        lines.add("");
        lines.addAll(details(rows));
        return lines;
    }

    private static List<String> summary(List<Row> rows) {
        List<String> lines = new ArrayList<>();
        lines.add(rows.get(0).asSet().stream()
                .map(cell -> cell.contender().name())
                .collect(Collectors.joining(" | ", "| network | ", " |")));
        lines.add("|---|" + "--:|".repeat(rows.get(0).asSet().size()));
        for (Row row : rows) {
            lines.add(row.asSet().stream()
                    .map(cell -> seconds(cell.median()) + " / " + rate(cell.mistakesPerHour()))
                    .collect(Collectors.joining(" | ", "| " + row.network.name() + " | ", " |")));
        }
        return lines;
    }

    private static List<String> shares(List<Row> rows) {
        List<String> lines = new ArrayList<>();
        lines.add(rows.get(0).families.stream()
                .map(family -> family.get(0).contender().name())
                .collect(Collectors.joining(" | ", "| network | ", " |")));
        lines.add("|---|" + "--:|".repeat(rows.get(0).families.size()));
        for (Row row : rows) {
            lines.add(row.families.stream()
                    .map(family -> text("%.2f", worstShare(family, row.others)))
                    .collect(Collectors.joining(" | ", "| " + row.network.name() + " | ", " |")));
        }
        return lines;
    }

    /**
     * For each of the others, the shortest time for detection of the family at no more mistakes,
     * divided by that of the other; the largest of these. Infinite if the family always makes more
     * mistakes than some other.
     */
    static double worstShare(List<QualityCell> family, List<QualityCell> others) {
        double worst = 0;
        for (QualityCell other : others) {
            OptionalDouble time = family.stream()
                    .filter(cell -> cell.mistakesPerHour() <= other.mistakesPerHour())
                    .mapToDouble(QualityCell::median)
                    .min();
            worst = Math.max(worst, time.orElse(Double.POSITIVE_INFINITY) / other.median());
        }
        return worst;
    }

    private static List<String> details(List<Row> rows) {
        List<String> lines = new ArrayList<>();
        lines.add("| network | detector | suspected, median s | p99 s | mistakes/h | mistake, s | accuracy"
                + " | down, median s | p99 s | mistakes/h | mistake, s | accuracy |");
        lines.add("|---|---|" + "--:|".repeat(10));
        for (Row row : rows) {
            for (QualityCell cell : row.asSet()) {
                lines.add("| " + row.network.name() + " | " + cell.contender().name() + " | "
                        + opinion(cell.suspectedAfter(), cell.quality().suspected()) + " | "
                        + opinion(cell.downAfter(), cell.quality().down()) + " |");
            }
        }
        return lines;
    }

    private static String opinion(double[] after, Quality.Mistakes mistakes) {
        return String.join(
                " | ",
                text("%.2f", QualityCell.quantile(after, 0.5)),
                text("%.2f", QualityCell.quantile(after, 0.99)),
                text("%.2f", mistakes.perHour()),
                text("%.2f", mistakes.seconds()),
                text("%.6f", mistakes.accuracy()));
    }

    private static String seconds(double value) {
        return text(value < 10 ? "%.1f" : "%.0f", value);
    }

    private static String rate(double value) {
        return value == 0 ? "0" : text(value < 10 ? "%.1f" : "%.0f", value);
    }

    private static String text(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
