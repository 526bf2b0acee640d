package io.coterie.failuredetector;

import org.jspecify.annotations.Nullable;

/**
 * Judges the silence of one peer by the rhythm of its heartbeats so far. Knows no clock: it is
 * given lengths of time, and the same lengths always give the same verdicts. For use on one thread.
 */
interface Estimator {
    /**
     * Learns the time between a heartbeat and the next, in nanoseconds; zero or more. Gets every one
     * of them, those too that were judged as failures. It is up to the estimator what to make of
     * them.
     */
    void interArrival(long nanos);

    /**
     * The meaning of a silence of so many nanoseconds: {@link PeerState#UP}, {@link
     * PeerState#SUSPECTED} or {@link PeerState#DOWN}. A longer silence never gets a milder verdict.
     */
    PeerState verdict(long silenceNanos);

    /** Forgets all inter-arrival times: the peer starts a new rhythm. */
    void forget();

    /** Why the settings can't be kept on the network as it was observed; null if they can. */
    default @Nullable String shortfall() {
        return null;
    }
}
