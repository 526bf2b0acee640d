package io.coterie.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final double UNKNOWN = Double.NaN;

    @Test
    void aFigureStandsBesideTheRawOneOfItsOwnLoad() {
        List<String> lines = Table.of(List.of(
                figure("put, load 1", "raw", 2000, 50, 90),
                figure("put, load 2", "raw", 9000, 51, 91),
                new Figure("put, load 1", "strong", 1500, 0.25, 70, 117, 120.5, UNKNOWN)));

        assertEquals(3, lines.size());
        assertEquals(
                "| put, load 1 | strong | 1,500 | 25 % | 2,000 | 0.75 |  |  |  |  | 70.0 | 117.0 | 120.5 | 1.7"
                        + " | 50.0 | 90.0 | 1.40 | 1.30 |  |  |",
                lines.get(2));
    }

    @Test
    void withoutARawFigureThereIsNoRatio() {
        List<String> lines = Table.of(List.of(figure("get", "strong", 1500, UNKNOWN, UNKNOWN)));

        assertEquals("| get | strong | 1,500 | 0 % |  |  |  |  |  |  |  |  |  |  |  |  |  |  |  |  |", lines.get(2));
    }

    @Test
    void aFigureHasRatiosToItsRivals() {
        List<String> lines = Table.of(List.of(
                figure("echo", "raw", 4000, 50, 90),
                figure("echo", "netty", 2000, 60, 99),
                figure("echo", "grpc", 100, 500, 900),
                figure("echo", "coterie", 1800, 55, 100)));

        assertEquals(List.of("0.50", "", "20.00"), cells(lines.get(2), "to raw", "to netty", "to grpc"));
        assertEquals(List.of("0.45", "0.90", "18.00"), cells(lines.get(4), "to raw", "to netty", "to grpc"));
    }

    @Test
    void aVariantStandsBesideThePlainOne() {
        List<String> lines = Table.of(List.of(
                figure("echo", "coterie", 2000, 50, 90),
                figure("echo", "coterie-tls", 1500, 60, 99),
                figure("echo", "netty", 1000, 60, 99)));

        assertEquals(List.of(""), cells(lines.get(2), "to plain"));
        assertEquals(List.of("0.75"), cells(lines.get(3), "to plain"));
        assertEquals(List.of(""), cells(lines.get(4), "to plain"));
    }

    @Test
    void aStoreStandsBesideTheRawQuorumAndThatBesideRaw() {
        List<String> lines = Table.of(List.of(
                figure("put", "raw", 2400, 50, 90),
                figure("put", "raw-quorum", 1200, 60, 99),
                figure("put", "jgroups-raft", 60, 500, 900),
                figure("put", "strong", 600, 90, 180)));

        assertEquals(List.of("raw-quorum", "0.50", ""), cells(lines.get(2), "system", "to raw", "to plain"));
        assertEquals(
                List.of("strong", "0.50", "10.00", "1.50"),
                cells(lines.get(4), "system", "to raw", "to jgroups", "p50 to raw"));
    }

    @Test
    void aSpinningSystemStandsBesideTheSpinningRawOne() {
        List<String> lines = Table.of(List.of(
                figure("echo", "raw", 4000, 50, 90),
                figure("echo", "raw-spin", 20_000, 10, 20),
                figure("echo", "coterie-spin", 18_000, 15, 50)));

        assertEquals(List.of("raw-spin", "0.20"), cells(lines.get(2), "system", "p50 to raw"));
        assertEquals(
                List.of("coterie-spin", "1.50", "2.50"), cells(lines.get(3), "system", "p50 to raw", "p99 to raw"));
    }

    @Test
    void ownBytesLeaveOutWhatTheHarnessAllocates() {
        List<String> lines = Table.of(List.of(
                new Figure("echo", "coterie", 1800, 0, 1, 1, 1, 1288),
                new Figure("echo", "raw-spin", 9000, 0, 1, 1, 1, 8),
                new Figure("echo", "harness", 9000, 0, 1, 1, 1, 88)));

        assertEquals(List.of("1,288", "1,224"), cells(lines.get(2), "B/op", "own B/op"));
        assertEquals(List.of("8", ""), cells(lines.get(3), "B/op", "own B/op"));
        assertEquals(List.of("88", ""), cells(lines.get(4), "B/op", "own B/op"));
    }

    @Test
    void theMedianIsTheMiddleOne() {
        assertEquals(3, Figure.median(new double[] {1, 3, 90}));
        assertEquals(4, Figure.median(new double[] {1, 3, 5, 90}));
    }

    private static Figure figure(String load, String system, double perSecond, double p50, double p99) {
        return new Figure(load, system, perSecond, 0, p50, p99, UNKNOWN, UNKNOWN);
    }

    /** What a line has under these headings. */
    private static List<String> cells(String line, String... headings) {
        List<String> all = split(Table.of(List.of()).get(0));
        return Arrays.stream(headings)
                .map(heading -> split(line).get(all.indexOf(heading)))
                .toList();
    }

    private static List<String> split(String line) {
        return Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
    }
}
