package io.coterie.failuredetector;

/**
 * The phi accrual failure detector of Hayashibara, Défago, Yared and Katayama (SRDS 2004, section 4), with a
 * floor under the deviation and an acceptable pause. {@link PhiAccrual} has the formula.
 */
final class PhiAccrualEstimator implements Estimator {
    private static final double LN_10 = Math.log(10);
    private static final double NANOS_PER_MICRO = 1_000;

    private final GapWindow window;
    private final double suspectedPhi;
    private final double downPhi;
    private final long expectedGapMicros;
    private final double minimumDeviationMicros;
    private final double acceptablePauseMicros;

    PhiAccrualEstimator(PhiAccrual settings) {
        window = new GapWindow(settings.window());
        suspectedPhi = settings.suspectedPhi();
        downPhi = settings.downPhi();
        expectedGapMicros = settings.heartbeatInterval().toNanos() / 1_000;
        minimumDeviationMicros = settings.minimumDeviation().toNanos() / NANOS_PER_MICRO;
        acceptablePauseMicros = settings.acceptablePause().toNanos() / NANOS_PER_MICRO;
        forget();
    }

    /**
     * A gap long enough for {@link PeerState#DOWN} is not learnt: it comes from a stop, here or there, and not from the
     * rhythm of a peer that runs. Learning it would make the next stop harder to see.
     */
    @Override
    public void gap(long nanos) {
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

    /** Starts over from two made-up gaps around the configured interval, so that the very first silence has a measure. */
    @Override
    public void forget() {
        window.clear();
        window.add(expectedGapMicros - expectedGapMicros / 4);
        window.add(expectedGapMicros + expectedGapMicros / 4);
    }

    /**
     * The suspicion level of a silence: 0 and up, {@code -log10} of the chance that a heartbeat comes even later.
     *
     * <p>That chance is the upper tail of the normal distribution, {@code 1 / (1 + e^z)} in the logistic approximation by
     * Bowling, Khasawneh, Kaewkuekool and Cho (JIEM 2009), so that phi is {@code log10(1 + e^z)}, which neither
     * cancels nor divides by zero far out.
     */
    double phi(long silenceNanos) {
        double deviation = Math.max(window.deviation(), minimumDeviationMicros);
        double y = (silenceNanos / NANOS_PER_MICRO - window.mean() - acceptablePauseMicros) / deviation;
        double z = y * (1.5976 + 0.07056 * y * y);
        return Math.log1p(Math.exp(z)) / LN_10;
    }
}
