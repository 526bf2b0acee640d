package io.coterie.failuredetector;

import io.coterie.rpc.internal.settings.Durations;
import java.time.Duration;

/**
 * Failure detection by what it is to achieve: a false suspicion at most once per some time, and a
 * failure detected within another.
 *
 * <p>A peer is {@link PeerState#SUSPECTED} as soon as its silence is longer than any that is expected
 * once per recurrence, as far as its heartbeats so far show. It is {@link PeerState#DOWN} in time for
 * the wanted detection: after {@code detection - heartbeatInterval}, plus the time that a heartbeat
 * travels. Until 100 heartbeats are known, it is not suspected before it is down.
 *
 * <p>Both may not be possible on a network. Then the time for detection is kept, mistakes are more
 * frequent, and {@link FailureDetector#shortfall} says why.
 *
 * <p>A network that has been quiet so far gives no warning of its first pause. So choose {@link
 * PhiAccrual}, which has a fixed allowance, where pauses are rare and long.
 *
 * <p>Sources: Chen, Toueg and Aguilera, On the Quality of Service of Failure Detectors, IEEE
 * Transactions on Computers, 2002, for the metrics and {@link #forNetwork}; Pickands, Statistical
 * Inference Using Extreme Order Statistics, 1975, for the tail.
 *
 * <p>Immutable, so any thread may use it.
 */
public final class WantedQuality extends FailureDetection {
    /** Chen's procedure tries intervals down to that part of the time for detection. */
    private static final int MAX_HEARTBEATS = 1_000;

    final Duration recurrence;
    final Duration detection;
    final Duration heartbeatInterval;

    WantedQuality(Duration recurrence, Duration detection) {
        this(
                Settings.within("recurrence", recurrence, Duration.ofMinutes(1), Duration.ofDays(3_650)),
                Settings.within("detection", detection, Duration.ofMillis(100), Duration.ofMinutes(10)),
                fittingInterval(detection));
    }

    private WantedQuality(Duration recurrence, Duration detection, Duration heartbeatInterval) {
        this.recurrence = recurrence;
        this.detection = detection;
        this.heartbeatInterval = heartbeatInterval;
    }

    /**
     * Finds the length of silence by itself that achieves a wanted quality. The heartbeat interval is
     * a tenth of the time for detection, at most 1 s.
     *
     * @param recurrence how long it is at least, on average, from one false suspicion to the next;
     *     1 minute to 3,650 days, such as a day
     * @param detection how long a failure may take to be detected; 100 ms to 10 minutes, such as 2 s
     * @throws IllegalArgumentException if a time is out of range
     */
    public static WantedQuality of(Duration recurrence, Duration detection) {
        return new WantedQuality(recurrence, detection);
    }

    /**
     * A copy with another heartbeat interval. A shorter one lets more heartbeats be lost.
     *
     * @param interval 1 ms to 10 s, and at most half of the time for detection; default a tenth of
     *     it, at most 1 s
     * @throws IllegalArgumentException if the interval is out of range
     */
    public WantedQuality withHeartbeatInterval(Duration interval) {
        Settings.heartbeatInterval(interval);
        if (interval.multipliedBy(2).compareTo(detection) > 0) {
            throw new IllegalArgumentException("heartbeatInterval " + Durations.text(interval)
                    + " is above half of the time for detection, " + Durations.text(detection)
                    + ": a peer that is on time would be suspected. Lower it, or raise the time");
        }
        return new WantedQuality(recurrence, detection, interval);
    }

    /**
     * A copy with the longest heartbeat interval that achieves the quality on a network of which only
     * two figures are known, whatever the distribution of delays (the configuration procedure of
     * Chen, Toueg and Aguilera, section 5). It takes losses and delays to be independent of one
     * another; bursts need a shorter interval.
     *
     * @param loss the share of heartbeats that are lost; 0 to 1, exclusive
     * @param delayDeviation the standard deviation of the time that a heartbeat travels; 0 to 1 hour
     * @throws IllegalArgumentException if a figure is out of range, or if no interval of 1 ms or more
     *     achieves the quality: the text says what would
     */
    public WantedQuality forNetwork(double loss, Duration delayDeviation) {
        if (!(loss >= 0 && loss < 1)) {
            throw new IllegalArgumentException("loss " + loss + " is not within 0 and below 1");
        }
        Settings.within("delayDeviation", delayDeviation, Duration.ZERO, Duration.ofHours(1));
        double variance = Math.pow(delayDeviation.toNanos() / 1e9, 2);
        double best = 0;
        for (int heartbeats = 2; heartbeats <= MAX_HEARTBEATS; heartbeats++) {
            Duration interval = detection.dividedBy(heartbeats);
            if (interval.compareTo(Settings.MIN_INTERVAL) < 0) {
                break;
            }
            double bound = boundOnRecurrence(heartbeats, loss, variance);
            if (bound >= recurrence.toSeconds() && interval.compareTo(Settings.MAX_INTERVAL) <= 0) {
                return withHeartbeatInterval(interval);
            }
            best = Math.max(best, bound);
        }
        throw new IllegalArgumentException("with a loss of " + loss + " and a deviation of delays of "
                + Durations.text(delayDeviation) + ", mistakes can recur after " + (long) best
                + " s, not " + Durations.text(recurrence) + ", however short the heartbeat interval: raise the time"
                + " for detection, " + Durations.text(detection) + ", or accept more mistakes");
    }

    /**
     * The time between mistakes, in seconds, that is certain if so many heartbeats are sent in the
     * time for detection: {@code f} of the paper, by the inequality of Cantelli.
     */
    private double boundOnRecurrence(int heartbeats, double loss, double variance) {
        double time = detection.toNanos() / 1e9;
        double interval = time / heartbeats;
        double bound = interval;
        for (int j = 1; j < heartbeats; j++) {
            double square = Math.pow(time - j * interval, 2);
            bound *= (variance + square) / (variance + loss * square);
        }
        return bound;
    }

    @Override
    public Duration heartbeatInterval() {
        return heartbeatInterval;
    }

    @Override
    Estimator newEstimator() {
        return new WantedQualityEstimator(this);
    }

    private static Duration fittingInterval(Duration detection) {
        Duration tenth = detection.dividedBy(10);
        return tenth.compareTo(Duration.ofSeconds(1)) < 0 ? tenth : Duration.ofSeconds(1);
    }

    @Override
    public String toString() {
        return "at most one false suspicion per " + Durations.text(recurrence) + ", detection within "
                + Durations.text(detection) + ", heartbeat each " + Durations.text(heartbeatInterval);
    }
}
