package io.coterie.chaos;

import io.coterie.chaos.faults.Story;
import io.coterie.chaos.load.NodeTrace;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Operations that ended in each tenth of a second, a row for each node, with the faults behind
 * them; as SVG.
 */
final class ThroughputChart {
    private static final long BIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int BIN_WIDTH = 3;
    private static final int LEFT = 70;
    private static final int TOP = 60;
    private static final int ROW_HEIGHT = 120;
    private static final int ROW_GAP = 30;

    private final Map<String, NodeTrace> nodes;
    private final Story story;
    private final int bins;
    private final List<String> lines = new ArrayList<>();

    ThroughputChart(Map<String, NodeTrace> nodes, Story story) {
        this.nodes = nodes;
        this.story = story;
        long end = story.chapters().stream().mapToLong(Story.Chapter::to).max().orElse(story.begin());
        this.bins = (int) ((end - story.begin()) / BIN_NANOS) + 1;
    }

    String svg() {
        int bottom = TOP + nodes.size() * (ROW_HEIGHT + ROW_GAP);
        add(
                "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' font-size='11'>",
                LEFT + bins * BIN_WIDTH + 20, bottom + 30);
        add("<rect width='100%%' height='100%%' fill='white'/>");
        add("<text x='%d' y='14'>operations completed in each 100 ms at each node</text>", LEFT);
        story.chapters().forEach(chapter -> drawFault(chapter, bottom - ROW_GAP));
        int top = TOP;
        for (Map.Entry<String, NodeTrace> node : nodes.entrySet()) {
            drawRow(node.getKey(), counts(node.getValue()), top);
            top += ROW_HEIGHT + ROW_GAP;
        }
        for (int second = 0; second * 10 < bins; second += 5) {
            add("<text x='%d' y='%d' text-anchor='middle'>%d s</text>", LEFT + second * 10 * BIN_WIDTH, bottom, second);
        }
        add("</svg>");
        return String.join("\n", lines) + "\n";
    }

    private void drawFault(Story.Chapter chapter, int bottom) {
        double from = x(chapter.from());
        add(
                "<rect x='%.1f' y='%d' width='%.1f' height='%d' fill='#fbdcd0'/>",
                from, TOP - 10, x(chapter.to()) - from, bottom - TOP + 10);
        add(
                "<text transform='translate(%.1f %d) rotate(-25)' fill='#a33'>%s</text>",
                from + 4, TOP - 12, chapter.what());
    }

    private void drawRow(String node, int[] counts, int top) {
        int highest = 1;
        for (int count : counts) {
            highest = Math.max(highest, count);
        }
        int bottom = top + ROW_HEIGHT;
        for (int i = 0; i < counts.length; i++) {
            double height = (double) counts[i] / highest * ROW_HEIGHT;
            add(
                    "<rect x='%d' y='%.1f' width='%d' height='%.1f' fill='#1f5fa8'/>",
                    LEFT + i * BIN_WIDTH, bottom - height, BIN_WIDTH - 1, height);
        }
        add("<path d='M%d %d V%d H%d' fill='none' stroke='black'/>", LEFT, top, bottom, LEFT + bins * BIN_WIDTH);
        add("<text x='%d' y='%d' text-anchor='end'>%d</text>", LEFT - 6, top + 10, highest);
        add("<text x='%d' y='%d' text-anchor='end'>node %s</text>", LEFT - 6, top + ROW_HEIGHT / 2, node);
    }

    private int[] counts(NodeTrace trace) {
        int[] counts = new int[bins];
        for (long end : trace.ends()) {
            long bin = (end - story.begin()) / BIN_NANOS;
            if (end >= story.begin() && bin < bins) {
                counts[(int) bin]++;
            }
        }
        return counts;
    }

    private double x(long time) {
        return LEFT + (double) (time - story.begin()) / BIN_NANOS * BIN_WIDTH;
    }

    @SuppressWarnings("AnnotateFormatMethod") // The annotation would be a dependency for one method of this class.
    private void add(String format, Object... args) {
        lines.add(String.format(Locale.ROOT, format, args));
    }
}
