package io.coterie;

import io.coterie.consistency.coordination.Election;

/** A candidate of this node in a {@link LeaderElection}. */
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
     * Stands no more. If it leads, the lease is given back and the listener is told; others may lead as soon as a majority
     * knows. Does not wait for either. A second call does nothing.
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
