package io.coterie.simulation;

import io.coterie.rpc.spi.RandomSource;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

/**
 * Random numbers that a seed decides: SplitMix64 (Steele, Lea, Flood, Fast Splittable Pseudorandom
 * Number Generators, 2014), the same on every JVM.
 *
 * <p>A stream that was {@linkplain #split(String) split} off depends only on the seed and its own
 * name, not on earlier draws. So one more draw in one stream changes nothing in the others. Give
 * each part of a test a stream of its own.
 *
 * <p>A draw takes some nanoseconds. Not safe for use by several threads at once.
 */
public final class SimRandom implements RandomSource {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private final long origin;
    private long state;

    /** The stream of a seed; any number will do. */
    public SimRandom(long seed) {
        this.origin = mix(seed);
        this.state = origin;
    }

    /**
     * The stream of a name under this one. It is always the same: earlier draws do not change it.
     */
    public SimRandom split(String name) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001B3L;
        }
        return split(hash);
    }

    /**
     * The stream of a number under this one. It is always the same: earlier draws do not change it.
     */
    public SimRandom split(long number) {
        return new SimRandom(origin + mix(number + GAMMA));
    }

    @Override
    public long nextLong() {
        state += GAMMA;
        return mix(state);
    }

    /**
     * A number in [0, bound).
     *
     * @param bound above zero
     */
    public int nextInt(int bound) {
        return (int) nextLong(bound);
    }

    /**
     * Returns true with this probability. Always takes one number from the stream.
     *
     * @param probability 0 (never) to 1 (always)
     */
    public boolean chance(double probability) {
        return nextDouble() < probability;
    }

    /**
     * A number from the first to the last, both included. Always takes one number from the stream.
     *
     * @param last not below the first
     */
    public long between(long first, long last) {
        return first + nextLong(last - first + 1);
    }

    /**
     * A duration from the shortest to the longest, in steps of a nanosecond.
     *
     * @param longest not below the shortest
     */
    public Duration between(Duration shortest, Duration longest) {
        return Duration.ofNanos(between(shortest.toNanos(), longest.toNanos()));
    }

    /**
     * One of the items, all equally likely.
     *
     * @param items at least one
     */
    public <T> T pick(List<T> items) {
        return items.get(nextInt(items.size()));
    }

    /** Puts the items in a random order; each order is equally likely. */
    public void shuffle(List<?> items) {
        for (int last = items.size() - 1; last > 0; last--) {
            Collections.swap(items, last, nextInt(last + 1));
        }
    }

    static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
