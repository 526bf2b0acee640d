package io.coterie.consistency;

/**
 * Turns the operations of a store into requests to replicas, and so decides what a caller may see. The library brings
 * {@link Consistency#strong()} and {@link Consistency#eventual()}; a user may write another from what
 * {@link io.coterie.replication.Replication} offers.
 *
 * <p>Immutable; one policy object may serve many stores.
 */
public interface ConsistencyPolicy {
    /** The name that replicas record with a store: two policies that must not share a store have different names. */
    String name();

    /**
     * How many replicas must have a store recorded before it is open. Where any two groups of that size meet, a store cannot
     * be opened under two policies.
     */
    int replicasToOpen(int replicas);

    /** What it promises among that many replicas, for people: one sentence. */
    String promise(int replicas);

    /** Opens a store. Called on the loop. */
    PolicyStore open(StoreContext context);
}
