package io.coterie.consistency.internal.round;

import io.coterie.rpc.spi.RandomSource;
import java.time.Duration;

/**
 * How long a round that met a higher promise waits before it tries again, so that rounds of several
 * nodes on one key do not shut each other out for ever: a random part of the time in which a round
 * trip could be done 2^n times after n conflicts. Measured round trips make the same rule fit a
 * loopback and an ocean.
 */
public final class ConflictBackoff {
    private static final long MIN_NANOS = 100_000;
    private static final Duration MIN_LIMIT = Duration.ofSeconds(1);
    private static final int LIMIT_ROUND_TRIPS = 8;
    private static final int MAX_DOUBLINGS = 6;

    /** A round trip that was measured during a fault must not make anyone wait for minutes. */
    private static final long MAX_NANOS = Duration.ofSeconds(10).toNanos();

    private static final long MAX_FIRST_NANOS = Duration.ofMillis(50).toNanos();

    /**
     * One in so many, a power of two: to measure each round trip would cost more than it is worth.
     */
    private static final int MEASURED = 8;

    private int phases;
    private long roundTripNanos = Duration.ofMillis(10).toNanos();

    private boolean measured;

    /** When a slow round trip was counted last. */
    private long slowAt;

    /** Whether nothing was measured yet, or the last measurement was far from the estimate. */
    private boolean unsettled = true;

    /**
     * Whether to measure the next round trip. Each is measured until they agree with the estimate,
     * and then one in {@link #MEASURED}.
     */
    boolean wantsMeasure() {
        return unsettled || (phases++ & (MEASURED - 1)) == 0;
    }

    /**
     * A majority answered. The first time is the estimate, unless it is very long: a node that
     * starts before the others waits for them. Later, slow round trips count little, because they
     * come from a fault that is over. A fault delays all that is in flight, which counts once.
     *
     * <p>A round trip for which replicas write nothing never lowers the estimate: others wait for
     * disks, too.
     *
     * @param began when it was asked
     */
    void measured(long began, long now, boolean writes) {
        long nanos = now - began;
        if (measured && !writes && nanos < roundTripNanos) {
            return;
        }
        boolean slow = nanos > 2 * roundTripNanos;
        if (measured && slow && began - slowAt < 0) {
            return;
        }
        unsettled = slow || nanos < roundTripNanos / 2;
        if (slow || !measured) {
            slowAt = now;
        }
        if (!measured) {
            measured = true;
            roundTripNanos = Math.min(nanos, MAX_FIRST_NANOS);
        } else if (nanos < roundTripNanos) {
            roundTripNanos -= (roundTripNanos - nanos) / 4;
        } else {
            roundTripNanos += Math.min(nanos - roundTripNanos, roundTripNanos) / 8;
        }
    }

    /** How long a majority usually takes to answer. */
    public long roundTripNanos() {
        return roundTripNanos;
    }

    /**
     * How long so many round trips take. Waits of the protocol are meant in round trips: a fixed
     * time would be too short for nodes that are far apart.
     *
     * @param min how long at least, whatever was measured: up to 10 s
     * @return nanoseconds, up to 10 s
     */
    public long nanosOf(int roundTrips, Duration min) {
        return Math.max(min.toNanos(), Math.min(roundTrips * roundTripNanos, MAX_NANOS));
    }

    /**
     * A wait in nanoseconds.
     *
     * @param conflicts how many the round met, 1 or more
     */
    long draw(int conflicts, RandomSource random) {
        return random.nextLong(longestNanos(conflicts) + 1);
    }

    /** The longest wait after so many conflicts, in nanoseconds, by the present estimate. */
    long longestNanos(int conflicts) {
        return Math.min(
                nanosOf(LIMIT_ROUND_TRIPS, MIN_LIMIT),
                Math.max(roundTripNanos, MIN_NANOS) << Math.min(conflicts, MAX_DOUBLINGS));
    }
}
