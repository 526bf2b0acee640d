package io.coterie.benchmarks.harness;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Runs a load until the JVM has compiled what it needs. That takes as long as the machine is busy with other things, so that
 * a fixed time would measure what is raw compiled and all else half compiled.
 */
public final class WarmUp {
    private static final int CALLS = 100;
    private static final int MOST_ROUNDS = 30;
    private static final long ROUND_MILLIS = 500;

    /** Little is left to compile when the compilers took less than this share of a round. */
    private static final double SETTLED = 0.1;

    private WarmUp() {}

    /** How long this JVM has spent compiling so far, in milliseconds, all its compilers together. */
    public static long compiledMillis() {
        return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
    }

    /** Settles a load in this JVM, at most for 15 s; does nothing if the run is to go without warm-up iterations. */
    public static void settle(Load load, BenchmarkParams params) {
        settle(load, params, WarmUp::compiledMillis);
    }

    /** As {@link #settle(Load, BenchmarkParams)}, in all JVMs whose time spent compiling is given as a sum. */
    public static void settle(Load load, BenchmarkParams params, LongSupplier compiledMillis) {
        if (params.getWarmup().getCount() == 0) {
            return;
        }
        Progress progress = new Progress();
        load.start(progress);
        for (int round = 0; round < MOST_ROUNDS; round++) {
            long start = System.nanoTime();
            long compiledBefore = compiledMillis.getAsLong();
            do {
                progress.await(CALLS);
            } while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(ROUND_MILLIS));
            if (compiledMillis.getAsLong() - compiledBefore < SETTLED * ROUND_MILLIS) {
                break;
            }
        }
        load.stop();
    }
}
