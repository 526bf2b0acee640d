package io.coterie.coordination;

import io.coterie.consistency.internal.coordination.election.Election;
import io.coterie.internal.coordination.CoordinationRunner;

/** A candidate of this node in a {@link LeaderElection}. Safe for use by any number of threads. */
public final class Candidacy implements AutoCloseable {
    private final String name;
    private final CoordinationRunner runner;
    private final Election election;

    Candidacy(String name, CoordinationRunner runner, Election election) {
        this.name = name;
        this.runner = runner;
        this.election = election;
    }

    /**
     * Withdraws the candidate. If it leads, the lease is released and the listener is notified;
     * others may lead as soon as a majority knows. Does not wait for either. A second call does
     * nothing.
     */
    @Override
    public void close() {
        runner.handOver(() -> {
            var unused = election.withdraw();
        });
    }

    @Override
    public String toString() {
        return "candidacy in " + name;
    }
}
