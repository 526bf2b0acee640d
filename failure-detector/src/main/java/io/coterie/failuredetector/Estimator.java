package io.coterie.failuredetector;

/**
 * Judges the silence of one peer by the rhythm of its heartbeats so far. Knows no clock: it is given lengths of time, and
 * the same lengths always give the same verdicts. For use on one thread.
 */
interface Estimator {
    /** Learns that so many nanoseconds lay between a heartbeat and the next; zero or more. */
    void gap(long nanos);

    /**
     * What a silence of so many nanoseconds means: {@link PeerState#UP}, {@link PeerState#SUSPECTED} or
     * {@link PeerState#DOWN}. A longer silence never gets a milder verdict.
     */
    PeerState verdict(long silenceNanos);

    /** Forgets all gaps: what comes next has a rhythm of its own. */
    void forget();
}
