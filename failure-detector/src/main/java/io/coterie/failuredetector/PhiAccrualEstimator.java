package io.coterie.failuredetector;

import java.time.Duration;

/**
 * The phi accrual failure detector of Hayashibara, Défago, Yared and Katayama (SRDS 2004, section
 * 4), with a minimum of the deviation and an acceptable pause. {@link PhiAccrual} has the formula
 * and the meaning of each setting.
 */
final class PhiAccrualEstimator implements Estimator {
    private static final double LN_10 = Math.log(10);
    private static final double NANOS_PER_MICRO = 1_000;

    private final ArrivalWindow window;
    private final double suspectedPhi;
    private final double downPhi;
    private final long expectedMicros;
    private final double minimumDeviationMicros;
    private final double acceptablePauseMicros;

    PhiAccrualEstimator(
            Duration heartbeatInterval,
            double suspectedPhi,
            double downPhi,
            int window,
            Duration minimumDeviation,
            Duration acceptablePause) {
        this.window = new ArrivalWindow(window);
        this.suspectedPhi = suspectedPhi;
        this.downPhi = downPhi;
        this.expectedMicros = heartbeatInterval.toNanos() / 1_000;
        this.minimumDeviationMicros = minimumDeviation.toNanos() / NANOS_PER_MICRO;
        this.acceptablePauseMicros = acceptablePause.toNanos() / NANOS_PER_MICRO;
        forget();
    }

    /**
     * Does not learn a time long enough for {@link PeerState#DOWN}. It comes from a stop, here or
     * there, and not from the rhythm of a running peer. Learning it would hide the next stop.
     */
    @Override
    public void interArrival(long nanos) {
        if (phi(nanos) < downPhi) {
            window.add(nanos / 1_000);
        }
    }

    @Override
    public PeerState verdict(long silenceNanos) {
        double phi = phi(silenceNanos);
        if (phi >= downPhi) {
            return PeerState.DOWN;
        }
        return phi >= suspectedPhi ? PeerState.SUSPECTED : PeerState.UP;
    }

    /**
     * Starts over with two assumed times around the configured interval, so that the very first
     * silence has a measure.
     */
    @Override
    public void forget() {
        window.clear();
        window.add(expectedMicros - expectedMicros / 4);
        window.add(expectedMicros + expectedMicros / 4);
    }

    /**
     * The suspicion level of a silence: 0 or more, {@code -log10} of the probability that a
     * heartbeat comes even later.
     *
     * <p>That probability is the upper tail of the normal distribution: {@code 1 / (1 + e^z)} in
     * the logistic approximation by Bowling, Khasawneh, Kaewkuekool and Cho (JIEM 2009). So phi is
     * {@code log10(1 + e^z)}, which neither cancels nor divides by zero in the far tail.
     */
    double phi(long silenceNanos) {
        double deviation = Math.max(window.deviation(), minimumDeviationMicros);
        double y = (silenceNanos / NANOS_PER_MICRO - window.mean() - acceptablePauseMicros) / deviation;
        double z = y * (1.5976 + 0.07056 * y * y);
        return Math.log1p(Math.exp(z)) / LN_10;
    }
}
