package io.coterie.failuredetector;

/** Suspects a peer after half of a fixed time, and counts it as down after all of it. */
record FixedTimeoutEstimator(long timeoutNanos) implements Estimator {
    @Override
    public void interArrival(long nanos) {}

    @Override
    public PeerState verdict(long silenceNanos) {
        if (silenceNanos >= timeoutNanos) {
            return PeerState.DOWN;
        }
        return silenceNanos >= timeoutNanos / 2 ? PeerState.SUSPECTED : PeerState.UP;
    }

    @Override
    public void forget() {}
}
