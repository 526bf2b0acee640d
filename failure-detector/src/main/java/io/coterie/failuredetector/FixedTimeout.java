package io.coterie.failuredetector;

import io.coterie.rpc.internal.settings.Durations;
import java.time.Duration;

/**
 * Failure detection by a silence of fixed length: {@link PeerState#SUSPECTED} from half of the
 * timeout on, {@link PeerState#DOWN} from the timeout on. The rhythm of a peer does not matter.
 *
 * <p>Peers are judged once per heartbeat interval, so that detection takes up to one interval more.
 * A garbage collection that lasts longer than half of the timeout causes a suspicion; {@link
 * PhiAccrual} has a setting for such pauses.
 *
 * <p>Immutable, so any thread may use it. {@link FailureDetection#fixedTimeout} makes one.
 */
public final class FixedTimeout extends FailureDetection {
    private final Duration timeout;
    private final Duration heartbeatInterval;

    FixedTimeout(Duration timeout) {
        this(
                Settings.within("timeout", timeout, Duration.ofMillis(10), Duration.ofHours(1)),
                Settings.fittingInterval(timeout));
    }

    private FixedTimeout(Duration timeout, Duration heartbeatInterval) {
        this.timeout = timeout;
        this.heartbeatInterval = heartbeatInterval;
    }

    /**
     * A copy with another heartbeat interval. The timeout divided by the interval, less two, is
     * about how many heartbeats in a row may be lost or late before the peer is down. A shorter
     * interval costs more messages.
     *
     * @param interval 1 ms to 10 s, and less than half of the timeout; default a tenth of the
     *     timeout, at most 100 ms
     * @throws IllegalArgumentException if the interval is out of range
     */
    public FixedTimeout withHeartbeatInterval(Duration interval) {
        Settings.heartbeatInterval(interval);
        if (interval.multipliedBy(2).compareTo(timeout) >= 0) {
            throw new IllegalArgumentException("heartbeatInterval " + Durations.text(interval)
                    + " is not below half of the timeout, " + Durations.text(timeout)
                    + ": a peer that is on time would be suspected. Lower it, or raise the timeout");
        }
        return new FixedTimeout(timeout, interval);
    }

    @Override
    public Duration heartbeatInterval() {
        return heartbeatInterval;
    }

    @Override
    Estimator newEstimator() {
        return new FixedTimeoutEstimator(timeout.toNanos());
    }

    @Override
    public String toString() {
        return "fixed timeout " + Durations.text(timeout) + ", heartbeat each " + Durations.text(heartbeatInterval);
    }
}
