package io.coterie.failuredetector;

import java.time.Duration;

/**
 * How a node decides that a peer has failed: how often it sends heartbeats, and how long a silence
 * must be to count as a failure.
 *
 * <p>Every node sends each peer a heartbeat per {@link #heartbeatInterval()}, and takes any message
 * as a sign of life. Configure all nodes alike: the interval of one is the rhythm that the others
 * see.
 *
 * <p>Faster detection costs more mistakes, and fewer mistakes cost slower detection. No setting
 * avoids both (Chen, Toueg and Aguilera, On the Quality of Service of Failure Detectors, 2002). No
 * safety property depends on an opinion, so that a mistake costs time at most.
 *
 * <p>{@link ExpectedArrival} and {@link WantedQuality} are made by methods of their own.
 *
 * <p>Immutable, so any thread may use it. Each {@code with} method of the kinds returns a changed
 * copy. A setting is checked when it is given; the order of settings does not matter.
 */
public abstract sealed class FailureDetection permits PhiAccrual, ExpectedArrival, WantedQuality, FixedTimeout {
    FailureDetection() {}

    /**
     * Learns the rhythm of each peer and judges its silence by that rhythm. The default of Coterie.
     *
     * <p>With the default settings and a steady network, a peer that stops without closing its
     * connections is suspected after about 1.0 to 1.1 s, and down after about 1.2 to 1.3 s.
     */
    public static PhiAccrual phiAccrual() {
        return PhiAccrual.DEFAULT;
    }

    /**
     * Judges a silence by its length alone: half of the timeout means suspected, all of it means
     * down. For networks whose delays are known, and for tests. The heartbeat interval is a tenth
     * of the timeout, at most 100 ms.
     *
     * @param timeout 10 ms to 1 hour; no default
     * @throws IllegalArgumentException if the timeout is out of range
     */
    public static FixedTimeout fixedTimeout(Duration timeout) {
        return new FixedTimeout(timeout);
    }

    /**
     * The time between two heartbeats to a peer, and between two judgments of it. It costs one
     * small message per interval, peer and direction.
     */
    public abstract Duration heartbeatInterval();

    /** A new estimator for one peer. */
    abstract Estimator newEstimator();
}
