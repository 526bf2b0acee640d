package io.coterie.benchmarks.overload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StoreOverloadReportTest {
    private final StoreOverloadReport report = new StoreOverloadReport(Map.of(
            20_480, List.of(point(1, 1000), point(10, 900)),
            100, List.of(point(10, 40_000), point(1, 50_000))));

    @Test
    void goodputIsMeasuredByThePeakOfItsSize() {
        List<String> lines = report.lines();

        assertEquals("Values of 100 B:", lines.get(0));
        assertTrue(lines.get(4).startsWith("| 1.0 | 50,100 | 50,000 | 1.00 |"), lines::toString);
        assertEquals("Goodput at 10 times capacity: 0.80 of its peak", lines.get(7));
        assertEquals("Values of 20 KiB:", lines.get(9));
        assertEquals("Goodput at 10 times capacity: 0.90 of its peak", lines.get(16));
    }

    @Test
    void thePlotHasALineForEachSize() {
        String plot = report.plot();

        // The axes are 560 by 330 and end at 10 and 1.
        assertTrue(plot.contains("points='116.0,20.0 620.0,86.0'"), plot);
        assertTrue(plot.contains("points='116.0,20.0 620.0,53.0'"), plot);
        assertTrue(plot.contains(">100 B</text>"), plot);
        assertTrue(plot.contains(">20 KiB</text>"), plot);
    }

    private static OverloadPoint point(double offered, double answered) {
        return new OverloadPoint(offered, 8000, answered + 100, answered, 70, 30, 12.3, 0.4, 42, 3 << 20);
    }
}
