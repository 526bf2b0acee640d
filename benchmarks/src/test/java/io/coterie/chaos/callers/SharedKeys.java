package io.coterie.chaos.callers;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * The few keys that the callers of all processes use at a time. New ones replace them every two
 * seconds, which is some hundred operations, so that the history of each is short enough to be
 * checked.
 *
 * @param epoch when the first of them came into use, on {@link System#nanoTime}
 */
public record SharedKeys(long epoch) {
    private static final int REGISTERS = 3;
    private static final int COUNTERS = 2;
    private static final long GENERATION_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final String COUNTER = "counter";

    String register(RandomGenerator random) {
        return "register" + generation() + "." + random.nextInt(REGISTERS);
    }

    String counter(RandomGenerator random) {
        return COUNTER + generation() + "." + random.nextInt(COUNTERS);
    }

    public static boolean isCounter(String key) {
        return key.startsWith(COUNTER);
    }

    private long generation() {
        return (System.nanoTime() - epoch) / GENERATION_NANOS;
    }
}
