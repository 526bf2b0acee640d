package io.coterie;

import java.time.Duration;
import java.util.Objects;

/** How long operations may be given. */
final class Timeouts {
    private static final Duration MAX = Duration.ofHours(1);

    private Timeouts() {}

    /**
     * Checks a timeout.
     *
     * @param setting what it was given to, for people
     */
    static Duration check(String setting, Duration timeout) {
        Objects.requireNonNull(timeout, () -> setting + " must not be null");
        if (timeout.isZero() || timeout.isNegative() || timeout.compareTo(MAX) > 0) {
            throw new IllegalArgumentException(setting + " " + timeout + " is not above zero and at most " + MAX);
        }
        return timeout;
    }

    /**
     * Checks a time that may be zero.
     *
     * @param setting what it was given to
     */
    static Duration checkGrace(String setting, Duration grace) {
        Objects.requireNonNull(grace, () -> setting + " must not be null");
        if (grace.isNegative() || grace.compareTo(MAX) > 0) {
            throw new IllegalArgumentException(setting + " " + grace + " is not between zero and " + MAX);
        }
        return grace;
    }

    /** Checks for how long somebody waits. Returns it in nanoseconds. */
    static long checkWait(String what, Duration timeout) {
        Objects.requireNonNull(timeout, () -> "timeout of " + what + " must not be null");
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout " + timeout + " of " + what + " is below zero");
        }
        return timeout.compareTo(Duration.ofNanos(StoreGate.NO_LIMIT)) > 0 ? StoreGate.NO_LIMIT : timeout.toNanos();
    }
}
