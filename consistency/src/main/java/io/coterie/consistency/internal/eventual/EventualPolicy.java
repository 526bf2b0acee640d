package io.coterie.consistency.internal.eventual;

import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.StoreContext;

/** Stores that are always writable and converge: last writer wins. */
public final class EventualPolicy implements ConsistencyPolicy {
    public static final EventualPolicy INSTANCE = new EventualPolicy();

    private EventualPolicy() {}

    @Override
    public String name() {
        return "eventual";
    }

    @Override
    public int replicasToOpen(int replicas) {
        return 1;
    }

    @Override
    public int readQuorum(int replicas) {
        return 1;
    }

    @Override
    public int writeQuorum(int replicas) {
        return 1;
    }

    @Override
    public boolean needsVotes() {
        return false;
    }

    @Override
    public String promise(int replicas) {
        return "eventual: reads and writes need 1 of " + replicas + " replicas, and " + (replicas - 1)
                + " of them may fail; reads may be stale, of concurrent writes the last one stays, and a write is"
                + " lost if the only replica that has it is lost";
    }

    @Override
    public PolicyStore open(StoreContext context) {
        return new EventualStore(context);
    }

    @Override
    public String toString() {
        return name();
    }
}
