package io.coterie.internal.coordination;

import io.coterie.consistency.coordination.LeadershipListener;
import io.coterie.consistency.coordination.LeaseHolder;
import io.coterie.consistency.internal.coordination.election.Election;
import io.coterie.consistency.internal.coordination.lease.LeaseRegister;
import io.coterie.coordination.AsyncLeaderElection;
import io.coterie.coordination.Candidacy;
import io.coterie.coordination.LeaderElection;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** An election over a record of one lease, which the leader holds. */
record LeaseElection(String name, CoordinationRunner runner, LeaseRegister register) implements LeaderElection {
    @Override
    public Candidacy campaign(LeadershipListener listener) {
        Objects.requireNonNull(listener, "listener must not be null");
        Supplier<Election> campaign = () -> {
            Election election = new Election(register, listener);
            election.start();
            return election;
        };
        return new Candidate(name, runner, runner.loop().onLoop(campaign, election -> {
            var unused = election.withdraw();
        }));
    }

    @Override
    public Optional<LeaseHolder> leader() {
        return runner.call(false, register::holders).stream().findFirst();
    }

    @Override
    public AsyncLeaderElection async() {
        return new Async(name, runner, register);
    }

    @Override
    public String toString() {
        return "election " + name;
    }

    private record Async(String name, CoordinationRunner runner, LeaseRegister register)
            implements AsyncLeaderElection {
        @Override
        public CompletableFuture<Optional<LeaseHolder>> leader() {
            return runner.begin(
                    () -> register.holders().thenApply(all -> all.stream().findFirst()));
        }

        @Override
        public String toString() {
            return "async election " + name;
        }
    }

    private record Candidate(String name, CoordinationRunner runner, Election election) implements Candidacy {
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
}
