package io.coterie.failuredetector;

/** Phi accrual as others ship it: every inter-arrival time is learned as it is. In seconds. */
final class TextbookPhi implements Estimator {
    private final double threshold;
    private final ArrivalWindow window;
    private final double minimumDeviation;
    private final double acceptablePause;
    private double ignoredAbove = Double.POSITIVE_INFINITY;
    private boolean exponential;

    TextbookPhi(double first, double threshold, int window, double minimumDeviation, double acceptablePause) {
        this.threshold = threshold;
        this.window = new ArrivalWindow(window);
        this.minimumDeviation = minimumDeviation;
        this.acceptablePause = acceptablePause;
        this.window.add((long) (first * 0.75e6));
        this.window.add((long) (first * 1.25e6));
    }

    /** Cassandra's model, which begins with an interval and learns none above it. */
    TextbookPhi exponential(double firstAndLongest) {
        exponential = true;
        ignoredAbove = firstAndLongest;
        window.clear();
        window.add((long) (firstAndLongest * 1e6));
        return this;
    }

    @Override
    public void interArrival(long nanos) {
        if (nanos / 1e9 <= ignoredAbove) {
            window.add(nanos / 1_000);
        }
    }

    @Override
    public PeerState verdict(long silenceNanos) {
        double silence = silenceNanos / 1e9 - acceptablePause;
        double mean = window.mean() / 1e6;
        double phi;
        if (exponential) {
            phi = silence / mean / Math.log(10);
        } else {
            double y = (silence - mean) / Math.max(window.deviation() / 1e6, minimumDeviation);
            phi = Math.log1p(Math.exp(y * (1.5976 + 0.07056 * y * y))) / Math.log(10);
        }
        return phi >= threshold ? PeerState.DOWN : PeerState.UP;
    }

    @Override
    public void forget() {
        throw new UnsupportedOperationException();
    }
}
