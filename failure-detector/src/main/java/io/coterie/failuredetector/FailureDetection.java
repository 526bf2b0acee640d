package io.coterie.failuredetector;

import java.time.Duration;

/**
 * How a node tells that a peer has failed: how often it sends heartbeats, and which silence it takes for a failure.
 *
 * <p>Every node sends each peer a heartbeat per {@link #heartbeatInterval()} and takes any message as a sign of life. Nodes
 * should be configured alike: the interval of one is the rhythm that the others see.
 *
 * <p>A shorter time to detection costs more mistakes, and the reverse; there is no setting that has neither (Chen, Toueg
 * and Aguilera, On the Quality of Service of Failure Detectors, 2002). A mistake does no harm beyond a detour, because
 * only preference hangs on it.
 *
 * <p>Immutable; each {@code with} method of the kinds returns a changed copy. Settings are checked where they are given,
 * in any order.
 */
public abstract sealed class FailureDetection permits PhiAccrual, FixedTimeout {
    FailureDetection() {}

    /**
     * Learns the rhythm of each peer and judges its silence by that. The default of Coterie.
     *
     * <p>As it comes, a peer that stops without closing its connections is suspected after about 1.0 to 1.1 s and down
     * after about 1.2 to 1.3 s, on a network that is not itself irregular.
     */
    public static PhiAccrual phiAccrual() {
        return PhiAccrual.DEFAULT;
    }

    /**
     * Suspects a peer after half of the timeout without a message and takes it for down after all of it, whatever its rhythm
     * was. For networks that are known, and for tests. The heartbeat interval is a tenth of the timeout, at most 100 ms.
     *
     * @param timeout 10 ms to 1 hour
     */
    public static FixedTimeout fixedTimeout(Duration timeout) {
        return new FixedTimeout(timeout);
    }

    /** The time between two heartbeats to a peer, and between two judgements of it. */
    public abstract Duration heartbeatInterval();

    /** A judge for one peer. */
    abstract Estimator newEstimator();
}
