package io.coterie.benchmarks.harness;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ProgressTest {
    @Test
    void aFailedCallEndsTheRun() {
        Progress progress = new Progress();
        progress.failed(new IllegalStateException("on purpose"));

        assertThrows(IllegalStateException.class, () -> progress.await(1));
    }
}
