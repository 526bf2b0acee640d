package io.coterie.internal.settings;

import io.coterie.rpc.internal.settings.Durations;
import java.time.Duration;
import java.util.Objects;

/** Checks the times that users give. */
public final class Timeouts {
    /** Longer than any node lives. */
    public static final long NO_LIMIT = Long.MAX_VALUE / 4;

    private static final Duration MAX = Duration.ofHours(1);

    private static final Duration MIN_SILENCE = Duration.ofSeconds(10);
    private static final Duration MAX_SILENCE = Duration.ofDays(1);

    private Timeouts() {}

    /**
     * Checks a timeout.
     *
     * @param setting the name of the option or method that it was given to
     */
    public static Duration check(String setting, Duration timeout) {
        Objects.requireNonNull(timeout, () -> setting + " must not be null");
        if (timeout.isZero() || timeout.isNegative() || timeout.compareTo(MAX) > 0) {
            throw new IllegalArgumentException(
                    setting + " " + Durations.text(timeout) + " is not above 0 s and at most " + Durations.text(MAX));
        }
        return timeout;
    }

    /**
     * Checks a time that may be zero.
     *
     * @param setting the name of the option that it was given to
     */
    public static Duration checkGrace(String setting, Duration grace) {
        Objects.requireNonNull(grace, () -> setting + " must not be null");
        if (grace.isNegative() || grace.compareTo(MAX) > 0) {
            throw new IllegalArgumentException(
                    setting + " " + Durations.text(grace) + " is not within 0 s to " + Durations.text(MAX));
        }
        return grace;
    }

    /**
     * Checks for how long a member is silent before something else takes its place.
     *
     * @param setting the name of the option that it was given to
     */
    public static Duration checkSilence(String setting, Duration silence) {
        Objects.requireNonNull(silence, () -> setting + " must not be null");
        if (silence.compareTo(MIN_SILENCE) < 0 || silence.compareTo(MAX_SILENCE) > 0) {
            throw new IllegalArgumentException(setting + " " + Durations.text(silence) + " is not within "
                    + Durations.text(MIN_SILENCE) + " to " + Durations.text(MAX_SILENCE));
        }
        return silence;
    }

    /** Checks the time of a wait. Returns it in nanoseconds. */
    public static long checkWait(String what, Duration timeout) {
        Objects.requireNonNull(timeout, () -> "timeout of " + what + " must not be null");
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout " + Durations.text(timeout) + " of " + what + " is below 0 s");
        }
        return timeout.compareTo(Duration.ofNanos(NO_LIMIT)) > 0 ? NO_LIMIT : timeout.toNanos();
    }
}
