package io.coterie.simulation.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Draws operations as bars, with a row for each client, and faults as bands behind them: one page
 * for a browser, without other files.
 *
 * <p>The scale of time is not even. Each begin and end of an operation takes the same room, so that
 * concurrent operations can be seen however short they are. Bars of unknown outcome reach to the
 * right edge. The mouse over a bar shows the full line of its operation, with its times. The same
 * lines stand as text below the drawing, and {@link History#parse} reads them.
 *
 * <pre>{@code
 * Verdict verdict = LinearizabilityChecker.of(new RegisterModel()).check(history);
 * String page = HistoryChart.html("seed 42", verdict.evidence(), List.of());
 * Files.writeString(Path.of("target/violation.html"), page);
 * }</pre>
 *
 * <p>Any thread may use it. The time and the size of the page grow with the number of operations.
 */
public final class HistoryChart {
    private static final int STEP = 46;
    private static final int ROW = 34;
    private static final int LEFT = 110;
    private static final int BAND = 16;

    private final List<Operation> shown;
    private final List<Band> bands = new ArrayList<>();
    private final TreeMap<Long, Integer> columns = new TreeMap<>();
    private final List<String> processes;

    /**
     * A band behind the bars, such as a fault that lasted for a while.
     *
     * @param label its text
     * @param from when it began, on the clock of the operations
     * @param to when it ended, on the same clock; {@link Long#MAX_VALUE} if it did not end
     */
    public record Band(String label, long from, long to) {}

    private HistoryChart(List<Operation> operations, List<Band> faults) {
        shown = operations;
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (Operation operation : operations) {
            columns.put(operation.invoked(), 0);
            if (operation.returned() != Operation.NEVER) {
                columns.put(operation.returned(), 0);
            }
            first = Math.min(first, operation.invoked());
            last = columns.lastKey();
        }
        for (Band band : faults) {
            if (band.from <= last && band.to >= first) {
                bands.add(band);
                columns.putIfAbsent(Math.max(band.from, first), 0);
                columns.putIfAbsent(Math.min(band.to, last), 0);
            }
        }
        int column = 0;
        for (Map.Entry<Long, Integer> time : columns.entrySet()) {
            time.setValue(column++);
        }
        processes =
                List.copyOf(new TreeSet<>(shown.stream().map(Operation::process).toList()));
    }

    /**
     * The page, as HTML in UTF-8. Titles, labels and values may contain any characters.
     *
     * @param title plain text
     * @param operations operations of one key, such as {@link Verdict#evidence()}; at least one,
     *     some hundreds at most: each takes up to 92 pixels of width
     * @param faults bands; those outside the time of the operations are left out
     */
    public static String html(String title, List<Operation> operations, List<Band> faults) {
        return new HistoryChart(operations, faults).page(title);
    }

    private String page(String title) {
        int top = 20 + BAND * bands.size();
        int height = top + ROW * processes.size() + 30;
        StringBuilder svg = new StringBuilder();
        for (int i = 0; i < bands.size(); i++) {
            drawBand(bands.get(i), i, height, svg);
        }
        for (int i = 0; i < processes.size(); i++) {
            int y = top + ROW * i;
            svg.append(String.format(Locale.ROOT, "<text x='8' y='%d'>%s</text>%n", y + 20, escape(processes.get(i))));
            svg.append(String.format(
                    Locale.ROOT, "<line x1='0' x2='%d' y1='%d' y2='%d' class='row'/>%n", right(), y + ROW, y + ROW));
        }
        shown.forEach(operation -> drawOperation(operation, top, svg));
        return "<!DOCTYPE html>\n<html><head><meta charset='utf-8'><title>" + escape(title) + "</title>\n<style>"
                + "body{font:13px sans-serif} text{font:12px sans-serif} .row{stroke:#ddd} .band{fill:#d62728;opacity:.12}"
                + " .ok{fill:#9ecae1;stroke:#3182bd} .failed{fill:#ddd;stroke:#888}"
                + " .unknown{fill:#fdd0a2;stroke:#e6550d;stroke-dasharray:4 3}</style></head><body>\n<h3>"
                + escape(title) + "</h3>\n"
                + String.format(
                        Locale.ROOT,
                        "<svg width='%d' height='%d' xmlns='http://www.w3.org/2000/svg'>%n",
                        right() + 20,
                        height)
                + svg
                + "</svg>\n<pre>\n" + escape(text()) + "</pre></body></html>\n";
    }

    private void drawBand(Band band, int index, int height, StringBuilder svg) {
        int from = x(Math.max(band.from, columns.firstKey()));
        int to = band.to >= columns.lastKey() ? right() : x(band.to);
        svg.append(String.format(
                Locale.ROOT,
                "<rect class='band' x='%d' y='%d' width='%d' height='%d'><title>%s</title></rect>%n",
                from,
                4 + BAND * index,
                Math.max(2, to - from),
                height - BAND * index - 8,
                escape(band.label)));
        svg.append(String.format(
                Locale.ROOT,
                "<text x='%d' y='%d' fill='#a00'>%s</text>%n",
                from + 3,
                16 + BAND * index,
                escape(band.label)));
    }

    private void drawOperation(Operation operation, int top, StringBuilder svg) {
        int y = top + ROW * processes.indexOf(operation.process()) + 6;
        int from = x(operation.invoked());
        int to = operation.returned() == Operation.NEVER ? right() : x(operation.returned());
        String outcome = operation.outcome().name().toLowerCase(Locale.ROOT);
        svg.append(String.format(
                Locale.ROOT,
                "<g><title>%s</title><rect class='%s' x='%d' y='%d' width='%d' height='%d' rx='3'/>"
                        + "<text x='%d' y='%d'>%s</text></g>%n",
                escape(operation.toString()),
                outcome,
                from,
                y,
                Math.max(3, to - from),
                ROW - 10,
                from + 4,
                y + 16,
                escape(label(operation))));
    }

    /** The request and its answer, without times, process and key. */
    private static String label(Operation operation) {
        String[] words = operation.toString().split(" ", 5);
        return words[4].replace(
                " ok", operation.result() == null && !(operation.op() instanceof Op.Read) ? "" : " \u2192");
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        bands.forEach(band -> text.append(String.format(
                Locale.ROOT,
                "# %s, from %.3f ms to %s%n",
                band.label,
                band.from / 1e6,
                band.to == Long.MAX_VALUE ? "the end" : String.format(Locale.ROOT, "%.3f ms", band.to / 1e6))));
        shown.forEach(operation -> text.append(operation).append('\n'));
        return text.toString();
    }

    private int x(long time) {
        return LEFT + STEP * columns.floorEntry(time).getValue();
    }

    private int right() {
        return LEFT + STEP * (columns.size() + 1);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;");
    }
}
