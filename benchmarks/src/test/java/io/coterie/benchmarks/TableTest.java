package io.coterie.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void aFigureStandsBesideTheRawOneOfItsOwnLoad() {
        List<String> lines = Table.of(List.of(
                new Figure("put, load 1", "raw", 2000, 0.1, 50, 90, 99),
                new Figure("put, load 2", "raw", 9000, 0.1, 51, 91, 98),
                new Figure("put, load 1", "strong", 1500, 0.25, 70, 110, 120.5)));

        assertEquals(3, lines.size());
        assertEquals(
                "| put, load 1 | strong | 1,500 | 25 % | 2,000 | 0.75 | 70.0 | 110.0 | 120.5 | 50.0 | 90.0 |",
                lines.get(2));
    }

    @Test
    void withoutARawFigureThereIsNoRatio() {
        List<String> lines =
                Table.of(List.of(new Figure("get", "strong", 1500, 0, Double.NaN, Double.NaN, Double.NaN)));

        assertEquals("| get | strong | 1,500 | 0 % |  |  |  |  |  |  |  |", lines.get(2));
    }

    @Test
    void theMedianIsTheMiddleOne() {
        assertEquals(3, Figure.median(new double[] {1, 3, 90}));
        assertEquals(4, Figure.median(new double[] {1, 3, 5, 90}));
    }
}
