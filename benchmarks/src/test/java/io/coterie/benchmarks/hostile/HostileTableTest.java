package io.coterie.benchmarks.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.benchmarks.report.Figure;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostileTableTest {
    @Test
    void aDisturbanceStandsBesideTheQuietRunOfTheSameSecurity() {
        List<String> lines = HostileTable.of(List.of(
                new Figure("echo, security none", "none", 10_000, 0.1, 50, 100, 200, Double.NaN),
                new Figure("echo, security tls", "none", 4000, 0.1, 50, 100, 200, Double.NaN),
                new Figure("echo, security tls", "plain-to-tls", 2000, 0.1, 50, 100, 200, Double.NaN)));

        assertEquals(
                "| echo, security tls | plain-to-tls | 2,000 | 10 % | 0.50 | 50.0 | 100.0 | 200.0 | 1.00 | 1.00 |",
                lines.get(4));
    }

    @Test
    void aDisturbedClientStandsBesideItselfUndisturbed() {
        List<String> lines = HostileTable.of(List.of(
                new Figure("echo, calls 1", "none", 10_000, 0.1, 50, 100, 200, Double.NaN),
                new Figure("echo, calls 16", "none", 90_000, 0.1, 60, 300, 400, Double.NaN),
                new Figure("echo, calls 1", "idle", 8000, 0.2, 60, 150, 900, Double.NaN)));

        assertEquals(5, lines.size());
        assertEquals(
                "| echo, calls 1 | none | 10,000 | 10 % | 1.00 | 50.0 | 100.0 | 200.0 | 1.00 | 1.00 |", lines.get(2));
        assertEquals(
                "| echo, calls 1 | idle | 8,000 | 20 % | 0.80 | 60.0 | 150.0 | 900.0 | 1.20 | 1.50 |", lines.get(4));
    }
}
