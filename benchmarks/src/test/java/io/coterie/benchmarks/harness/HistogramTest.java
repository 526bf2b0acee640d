package io.coterie.benchmarks.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class HistogramTest {
    @Test
    void aQuantileIsAtMostABucketTooHigh() {
        for (long value :
                LongStream.iterate(1, v -> v < Long.MAX_VALUE / 3, v -> v * 3).toArray()) {
            Histogram histogram = new Histogram();
            histogram.record(value);

            long found = histogram.quantile(0.5);

            assertTrue(found >= value && found <= value * 1.016 + 1, () -> value + " was found as " + found);
        }
    }

    @Test
    void quantilesDivideWhatWasRecorded() {
        Histogram histogram = new Histogram();
        LongStream.rangeClosed(1, 100).forEach(histogram::record);

        assertEquals(50, histogram.quantile(0.5));
        assertEquals(99, histogram.quantile(0.99));
        assertEquals(100, histogram.quantile(0.999));
    }

    @Test
    void withoutDurationsAQuantileIsZero() {
        assertEquals(0, new Histogram().quantile(0.5));
    }
}
