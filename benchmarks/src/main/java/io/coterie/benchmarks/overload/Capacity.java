package io.coterie.benchmarks.overload;

import io.coterie.benchmarks.harness.Load;
import io.coterie.benchmarks.harness.Progress;
import java.util.concurrent.TimeUnit;

/** Capacity: how many calls of a closed loop end in a second. */
final class Capacity {
    private static final int CALLS = 100;
    private static final long MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private Capacity() {}

    /**
     * Runs the loop for a hundred calls, and then for half a second at least, which is what it
     * measures.
     */
    static double perSecond(Load loop) {
        Progress progress = new Progress();
        loop.start(progress);
        progress.await(CALLS);
        long start = System.nanoTime();
        int calls = 0;
        while (System.nanoTime() - start < MIN_NANOS) {
            progress.await(CALLS);
            calls += CALLS;
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        loop.stop();
        return calls / seconds;
    }
}
