package io.coterie.consistency.internal.strong;

import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.StoreContext;
import io.coterie.replication.spi.Quorums;

/** Linearizable stores. */
public final class StrongPolicy implements ConsistencyPolicy {
    public static final StrongPolicy INSTANCE = new StrongPolicy();

    private StrongPolicy() {}

    @Override
    public String name() {
        return "strong";
    }

    @Override
    public int replicasToOpen(int replicas) {
        return Quorums.majority(replicas);
    }

    @Override
    public int readQuorum(int replicas) {
        return Quorums.majority(replicas);
    }

    @Override
    public int writeQuorum(int replicas) {
        return Quorums.majority(replicas);
    }

    @Override
    public boolean needsVotes() {
        return true;
    }

    @Override
    public String promise(int replicas) {
        return "strong: linearizable; reads and writes need " + Quorums.majority(replicas) + " of " + replicas
                + " replicas, and " + Quorums.tolerated(replicas) + " of them may fail";
    }

    @Override
    public PolicyStore open(StoreContext context) {
        return new StrongStore(context);
    }

    @Override
    public String toString() {
        return name();
    }
}
