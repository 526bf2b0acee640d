package io.coterie.failuredetector;

import java.time.Duration;

/**
 * The phi accrual failure detector of Hayashibara, Défago, Yared and Katayama (SRDS 2004, section
 * 4), with a minimum of the deviation and an acceptable pause. {@link PhiAccrual} has the formulas
 * and the meaning of each setting.
 *
 * <p>Beyond the paper, it withstands what is no rhythm: see {@link #interArrival}.
 */
final class PhiAccrualEstimator implements Estimator {
    private static final double LN_10 = Math.log(10);
    private static final double NANOS_PER_MICRO = 1_000;

    /** How many times must be known until they count for more than what was assumed. */
    private static final double WEIGHT_OF_ASSUMPTION = 5;

    /** A time above the mean by more than so many deviations is learned as so many. */
    private static final double LEARNED_DEVIATIONS = 3;

    private final ArrivalWindow window;
    private final double suspectedPhi;
    private final double downPhi;
    private final boolean exponential;
    private final LateGaps lateGaps = new LateGaps();
    private final long expectedMicros;
    private final double minimumDeviationMicros;
    private final double acceptablePauseMicros;

    PhiAccrualEstimator(
            Duration heartbeatInterval,
            double suspectedPhi,
            double downPhi,
            int window,
            Duration minimumDeviation,
            Duration acceptablePause,
            boolean exponential) {
        this.window = new ArrivalWindow(window);
        this.suspectedPhi = suspectedPhi;
        this.downPhi = downPhi;
        this.exponential = exponential;
        this.expectedMicros = heartbeatInterval.toNanos() / 1_000;
        this.minimumDeviationMicros = minimumDeviation.toNanos() / NANOS_PER_MICRO;
        this.acceptablePauseMicros = acceptablePause.toNanos() / NANOS_PER_MICRO;
    }

    /**
     * Learns a time, with three exceptions.
     *
     * <ul>
     *   <li>A much shorter one than expected ends a burst. Its heartbeat was held up together with
     *       the one before, so that it says nothing about the length of a silence.
     *   <li>One that was long enough for {@link PeerState#SUSPECTED} is set aside, see {@link
     *       LateGaps}. Once it is part of a new rhythm, only that counts.
     *   <li>One far above the mean is learned as shorter. So a single delay cannot hide the next
     *       stop, and a network that becomes worse step by step is followed all the same.
     * </ul>
     */
    @Override
    public void interArrival(long nanos) {
        long micros = nanos / 1_000;
        if (micros < expectedMicros / 4) {
            return;
        }
        boolean late = phi(nanos) >= suspectedPhi;
        if (lateGaps.add(micros, late)) {
            window.clear();
            for (long time : lateGaps.takeNewRhythm()) {
                window.add(time);
            }
        } else if (!late) {
            window.add(Math.min(micros, (long) (mean() + LEARNED_DEVIATIONS * deviation())));
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

    @Override
    public void forget() {
        window.clear();
        lateGaps.clear();
    }

    /**
     * The suspicion level of a silence: 0 or more, {@code -log10} of the probability that a
     * heartbeat comes even later.
     *
     * <p>In the normal model, that probability is the upper tail of the normal distribution: {@code
     * 1 / (1 + e^z)} in the logistic approximation by Bowling, Khasawneh, Kaewkuekool and Cho (JIEM
     * 2009). So phi is {@code log10(1 + e^z)}, which neither cancels nor divides by zero in the far
     * tail.
     */
    double phi(long silenceNanos) {
        double micros = silenceNanos / NANOS_PER_MICRO - acceptablePauseMicros;
        if (exponential) {
            return Math.max(0, micros / mean() / LN_10);
        }
        double y = (micros - mean()) / deviation();
        double z = y * (1.5976 + 0.07056 * y * y);
        return Math.log1p(Math.exp(z)) / LN_10;
    }

    private double mean() {
        return window.size() == 0 ? expectedMicros : window.mean();
    }

    /**
     * The deviation of the times in the window, as if some more were there that deviate by half of
     * the configured interval. So a few times that happen to be alike, or none at all, do not make
     * the next one late.
     */
    private double deviation() {
        double known = window.size() == 0 ? 0 : window.deviation();
        double assumed = expectedMicros / 2.0;
        double variance = (window.size() * known * known + WEIGHT_OF_ASSUMPTION * assumed * assumed)
                / (window.size() + WEIGHT_OF_ASSUMPTION);
        return Math.max(Math.sqrt(variance), minimumDeviationMicros);
    }
}
