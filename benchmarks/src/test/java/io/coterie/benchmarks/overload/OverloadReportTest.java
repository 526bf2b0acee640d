package io.coterie.benchmarks.overload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class OverloadReportTest {
    private final OverloadReport report =
            new OverloadReport(List.of(point(10, 6400), point(0.5, 4000), point(1, 8000), point(2, 7200)));

    @Test
    void goodputIsMeasuredByItsPeak() {
        assertEquals(8000, report.peak());
        List<String> lines = report.lines();
        assertEquals("| 0.5 | 4,100 | 4,000 | 0.50 | 70 | 30 | 12.3 | 0.4 | 42 | 3.0 | 8,000 |", lines.get(2));
        assertEquals("| 10.0 | 6,500 | 6,400 | 0.80 | 70 | 30 | 12.3 | 0.4 | 42 | 3.0 | 8,000 |", lines.get(5));
        assertEquals("Goodput at 10 times capacity: 0.80 of its peak", lines.get(7));
    }

    @Test
    void thePlotIsInTheOrderOfTheOfferedLoad() {
        String plot = report.plot();

        // The axes are 560 by 330 and end at 10 and 1.
        assertTrue(plot.contains("points='88.0,185.0 116.0,20.0 172.0,53.0 620.0,86.0'"), plot);
    }

    private static OverloadPoint point(double offered, double answered) {
        return new OverloadPoint(offered, 8000, answered + 100, answered, 70, 30, 12.3, 0.4, 42, 3 << 20);
    }
}
