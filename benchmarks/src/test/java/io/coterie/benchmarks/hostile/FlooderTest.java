package io.coterie.benchmarks.hostile;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class FlooderTest {
    /** More than are in flight at once, so that some were answered and sent again. */
    private static final int ANSWERED = 7_000;

    @ParameterizedTest
    @ValueSource(strings = {"reports", "scans", "watches", "changes", "stores", "registrations"})
    void aGoodClientIsServedAndNothingIsLeftBehind(String disturbance) throws Exception {
        serveMeanwhile(disturbance, ANSWERED);
    }

    @Test
    void readsOfALargeValueHoldNobodyUp() throws Exception {
        serveMeanwhile("reads", 200);
    }

    private static void serveMeanwhile(String disturbance, int answered) throws Exception {
        HostileCallerBenchmark benchmark = new HostileCallerBenchmark();
        benchmark.load = "4-in-flight";
        benchmark.disturbance = disturbance;
        benchmark.jvms = 1;

        benchmark.connect();
        benchmark.disturb();
        benchmark.begin();
        do {
            benchmark.operation();
        } while (benchmark.answered() < answered);
        benchmark.end();
        benchmark.close();

        assertFalse(ProcessHandle.current().children().anyMatch(ProcessHandle::isAlive));
    }

    @Test
    void anUnknownFloodIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Flooder("tide", "key", List.of()));
    }
}
