package io.coterie.coordination;

/** A candidate of this node in a {@link LeaderElection}. Safe for use by any number of threads. */
public interface Candidacy extends AutoCloseable {
    /**
     * Withdraws the candidate. If it leads, the lease is released and the listener is notified;
     * others may lead as soon as a majority knows. Does not wait for either. A second call does
     * nothing.
     */
    @Override
    void close();
}
