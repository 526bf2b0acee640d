package io.coterie.benchmarks.harness;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Runs a load until the JVM has compiled what the load needs. How long that takes depends on what
 * else the machine does: after a fixed time the raw loop would be compiled, and all else half
 * compiled.
 */
public final class WarmUp {
    private static final int CALLS = 100;
    private static final int MAX_ROUNDS = 30;
    private static final long ROUND_MILLIS = 500;

    /** Little is left to compile when the compilers took less than this share of a round. */
    private static final double SETTLED = 0.1;

    private WarmUp() {}

    /** How long this JVM has spent compiling so far, in milliseconds, summed over its compilers. */
    public static long compiledMillis() {
        return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
    }

    /**
     * Settles a load in this JVM, for at most 15 s. Does nothing if the run has no warm-up
     * iterations.
     */
    public static void settle(Load load, BenchmarkParams params) {
        settle(load, params, WarmUp::compiledMillis);
    }

    /**
     * As {@link #settle(Load, BenchmarkParams)}, for several JVMs.
     *
     * @param compiledMillis the time that all of them together have spent compiling
     */
    public static void settle(Load load, BenchmarkParams params, LongSupplier compiledMillis) {
        if (params.getWarmup().getCount() == 0) {
            return;
        }
        Progress progress = new Progress();
        load.start(progress);
        for (int round = 0; round < MAX_ROUNDS; round++) {
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
