package io.coterie.rpc.internal.util;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Durations as nanoseconds that may be added to a reading of the clock without passing it by half
 * of its range.
 */
public final class Nanos {
    /** Longer than anybody waits: a year. */
    public static final long MAX = TimeUnit.DAYS.toNanos(365);

    private Nanos() {}

    /** The duration in nanoseconds, at most {@link #MAX}. */
    public static long of(Duration duration) {
        return Math.min(TimeUnit.NANOSECONDS.convert(duration), MAX);
    }
}
