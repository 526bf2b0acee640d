package io.coterie.rpc.internal.settings;

import java.math.BigDecimal;
import java.time.Duration;

/** Writes durations for texts that people read: {@code 2 s}, where {@link Duration} has PT2S. */
public final class Durations {
    private static final long NANOS_PER_MICRO = 1_000;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long SECONDS_PER_MINUTE = 60;
    private static final long SECONDS_PER_HOUR = 3_600;
    private static final long SECONDS_PER_DAY = 86_400;

    private Durations() {}

    /**
     * The duration as a number and a unit, such as {@code 250 ms}, {@code 1.5 s}, {@code 5 min} or
     * {@code 1 h}. The text is exact: nothing is rounded.
     */
    public static String text(Duration duration) {
        if (duration.isNegative()) {
            return "-"
                    + text(BigDecimal.valueOf(duration.toSeconds())
                            .add(BigDecimal.valueOf(duration.toNanosPart(), 9))
                            .negate());
        }
        long seconds = duration.toSeconds();
        if (duration.toNanosPart() == 0 && seconds > 0) {
            return wholeSeconds(seconds);
        }
        if (seconds > 0 || duration.isZero()) {
            return text(BigDecimal.valueOf(seconds).add(BigDecimal.valueOf(duration.toNanosPart(), 9)));
        }
        return belowASecond(duration.toNanosPart());
    }

    /** The text of a duration in nanoseconds. */
    public static String nanosText(long nanos) {
        return text(Duration.ofNanos(nanos));
    }

    private static String wholeSeconds(long seconds) {
        if (seconds % SECONDS_PER_DAY == 0) {
            return seconds / SECONDS_PER_DAY + " d";
        }
        if (seconds % SECONDS_PER_HOUR == 0) {
            return seconds / SECONDS_PER_HOUR + " h";
        }
        if (seconds % SECONDS_PER_MINUTE == 0) {
            return seconds / SECONDS_PER_MINUTE + " min";
        }
        return seconds + " s";
    }

    private static String belowASecond(long nanos) {
        if (nanos >= NANOS_PER_MILLI) {
            return number(BigDecimal.valueOf(nanos, 6)) + " ms";
        }
        if (nanos >= NANOS_PER_MICRO) {
            return number(BigDecimal.valueOf(nanos, 3)) + " µs";
        }
        return nanos + " ns";
    }

    private static String text(BigDecimal seconds) {
        return number(seconds) + " s";
    }

    private static String number(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }
}
