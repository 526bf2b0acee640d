package io.coterie.replication.internal.change;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a change is.
 *
 * @param epoch that of its joint configuration
 * @param keysInAll about how many keys there are to be done
 * @param keysDone how many of them the next members have
 * @param bytes about how many bytes were sent to them
 * @param timeLeft about how long it takes yet, if it continues as so far; empty until a key is done
 */
public record ChangeProgress(long epoch, long keysInAll, long keysDone, long bytes, Optional<Duration> timeLeft) {

    /** @param nanos how long the change has been running */
    static ChangeProgress after(long nanos, long epoch, long keysInAll, long keysDone, long bytes) {
        double each = (double) nanos / keysDone;
        Optional<Duration> left = keysDone == 0
                ? Optional.empty()
                : Optional.of(Duration.ofNanos((long) (each * Math.max(0, keysInAll - keysDone))));
        return new ChangeProgress(epoch, keysInAll, keysDone, bytes, left);
    }

    @Override
    public String toString() {
        return keysDone + " of about " + keysInAll + " keys so far, " + bytes + " bytes sent"
                + timeLeft.map(left -> ", about " + left.toSeconds() + " s left")
                        .orElse("");
    }
}
