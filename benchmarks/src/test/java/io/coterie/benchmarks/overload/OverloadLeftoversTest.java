package io.coterie.benchmarks.overload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.benchmarks.harness.Leftovers;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an overloaded trial starts has ended when the trial is over. */
class OverloadLeftoversTest {
    @Test
    void anOverloadedServerEndsAndRefuses() throws Exception {
        OverloadBenchmark benchmark = new OverloadBenchmark();
        benchmark.offered = 5;

        benchmark.open();
        assertEquals(1, Leftovers.children());
        benchmark.measure();
        benchmark.begin();
        // On a busy machine, all calls of some seconds may be late.
        long limit = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        Outcomes outcomes = benchmark.outcomes();
        while ((outcomes.allAnswered() == 0 || outcomes.allRefused() == 0) && System.nanoTime() - limit < 0) {
            benchmark.overload();
        }
        benchmark.end();
        benchmark.close();

        assertEquals(0, Leftovers.children());
        OverloadPoint point = OverloadProfiler.shown();
        assertTrue(point.answered() > 0, () -> "nothing was answered: " + point);
        assertTrue(point.refused() > 0, () -> "nothing was refused: " + point);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void anOverloadedStoreEndsAllItBeganAndLeavesNothingBehind(int jvms) throws Exception {
        Set<String> before = Leftovers.threads();
        StoreOverloadBenchmark benchmark = new StoreOverloadBenchmark();
        benchmark.offered = 5;
        benchmark.bytes = 20_480;
        benchmark.jvms = jvms;

        benchmark.open();
        assertEquals(jvms == 1 ? 0 : jvms, Leftovers.children());
        benchmark.measure();
        benchmark.begin();
        for (int i = 0; i < 50; i++) {
            benchmark.overload();
        }
        benchmark.end();
        benchmark.close();

        assertEquals(0, Leftovers.children());
        Leftovers.awaitEndOfAllBut(before);
        OverloadPoint point = OverloadProfiler.shown();
        assertTrue(point.capacity() > 0, () -> "nothing could be done: " + point);
        assertEquals(point.begun(), point.answered() + point.refused() + point.late(), 1e-6 * point.begun());
    }
}
