package io.coterie.failuredetector;

import io.coterie.rpc.internal.settings.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Suspects a peer as soon as its silence is rarer than the wanted rate of mistakes, and counts it as
 * down while there is still time to detect it. {@link WantedQuality} has the meaning of each.
 */
final class WantedQualityEstimator implements Estimator {
    /** Fewer times are no basis for a tail. */
    private static final int MIN_KNOWN = 100;

    /** So many heartbeats less one may be lost whatever was observed. */
    private static final int MIN_INTERVALS = 3;

    private final WantedQuality settings;
    private final GapTail tail = new GapTail();
    private final double mistakeProbability;
    private final long intervalNanos;
    private final long limitNanos;
    private double neededNanos;

    WantedQualityEstimator(WantedQuality settings) {
        this.settings = settings;
        intervalNanos = settings.heartbeatInterval.toNanos();
        limitNanos = settings.detection.toNanos() - intervalNanos;
        mistakeProbability = intervalNanos / (settings.recurrence.toSeconds() * 1e9);
        neededNanos = limitNanos;
    }

    /**
     * Learns each time, as it is the long ones that count. One of twice the time for detection or
     * more is a mistake all the same, however long it was.
     */
    @Override
    public void interArrival(long nanos) {
        tail.add(Math.min(nanos, 2 * settings.detection.toNanos()) / 1_000);
        if (tail.total() >= MIN_KNOWN) {
            neededNanos =
                    Math.max(tail.exceededWith(mistakeProbability) * 1_000, (double) MIN_INTERVALS * intervalNanos);
        }
    }

    @Override
    public PeerState verdict(long silenceNanos) {
        if (silenceNanos >= limitNanos) {
            return PeerState.DOWN;
        }
        return silenceNanos >= neededNanos ? PeerState.SUSPECTED : PeerState.UP;
    }

    @Override
    public void forget() {
        tail.clear();
        neededNanos = limitNanos;
    }

    @Override
    public @Nullable String shortfall() {
        if (neededNanos <= limitNanos) {
            return null;
        }
        return "by the last " + tail.total() + " heartbeats, a silence must last at least "
                + text(neededNanos) + " to be a mistake at most once per " + Durations.text(settings.recurrence)
                + ", but to detect a failure within " + Durations.text(settings.detection) + ", "
                + Durations.nanosText(limitNanos)
                + " must be enough: raise the time for detection, or accept more mistakes";
    }

    private static String text(double nanos) {
        return Durations.text(Duration.ofMillis((long) Math.ceil(nanos / 1e6)));
    }
}
