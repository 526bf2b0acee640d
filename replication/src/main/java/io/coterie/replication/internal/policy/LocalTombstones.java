package io.coterie.replication.internal.policy;

import io.coterie.replication.spi.RecordKey;
import java.util.List;

/**
 * The keys without a value that this node's replica keeps, for their collection: those that were
 * deleted, and those that have nothing but a promise. A key has no value if it has no state, or a
 * state whose first byte is 0: replicas look at nothing else.
 *
 * <p>Only to be used on the node's loop.
 */
public interface LocalTombstones {
    /** Those of a node that is no replica. */
    LocalTombstones NONE = new LocalTombstones() {
        @Override
        public boolean any() {
            return false;
        }

        @Override
        public void onFirst(Runnable listener) {}

        @Override
        public List<Tombstone> next(String policy, int limit) {
            return List.of();
        }

        @Override
        public void forgetPromise(RecordKey key) {}
    };

    /** Whether there are such keys, of any store and policy. */
    boolean any();

    /** Runs the listener on the loop whenever a first such key comes, and now if there are some. */
    void onFirst(Runnable listener);

    /**
     * Such keys of the stores under a policy. Those that were returned longest ago come first. None
     * while the replica does not vote.
     *
     * @param policy the states of its stores must begin as described
     * @param limit the most keys of each store, 1 or more
     */
    List<Tombstone> next(String policy, int limit);

    /**
     * Forgets a key that has nothing but a promise: the promise becomes one for all absent keys of
     * the store. Does nothing if the key has more, or if the promise is too far ahead for the other
     * keys. Always safe, but the replica then refuses lower ballots for all absent keys.
     */
    void forgetPromise(RecordKey key);
}
