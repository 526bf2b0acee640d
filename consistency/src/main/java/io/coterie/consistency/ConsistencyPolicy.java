package io.coterie.consistency;

import io.coterie.replication.spi.Voters;

/**
 * Turns the operations of a store into requests to replicas, and so decides what a caller may see.
 * The library brings {@link Consistency#strong()} and {@link Consistency#eventual()}; a user may
 * write another from what {@link io.coterie.replication.ReplicationLoop} offers.
 *
 * <p>Immutable; one policy object may serve many stores.
 */
public interface ConsistencyPolicy {
    /**
     * The name that replicas record with a store: two policies that must not share a store have
     * different names.
     */
    String name();

    /**
     * How many replicas must have a store recorded before it is open. Where any two groups of that
     * size meet, a store cannot be opened under two policies.
     */
    int replicasToOpen(int replicas);

    /**
     * How many of that many replicas must answer a read, at least; 1 to {@code replicas}. For
     * {@code status()}, which counts with it how many more failures reads survive: it must be what
     * the policy's stores really wait for.
     */
    int readQuorum(int replicas);

    /**
     * How many of that many replicas must answer an operation that may change something; otherwise
     * as {@link #readQuorum}.
     */
    int writeQuorum(int replicas);

    /**
     * How many more of these replicas may fail, whichever they are, before reads end; below zero if
     * they fail now: then as many replicas are too few. For {@code status()}. By default it counts
     * with {@link #readQuorum}, of each group while the members change. A policy whose quorums are
     * no counts, such as weights, overrides it.
     *
     * @param alive a bit for each of the voters that counts
     */
    default int readFailuresSurvived(Voters voters, long alive) {
        return needsVotes()
                ? voters.toSpare(alive, this::readQuorum)
                : Long.bitCount(alive) - readQuorum(voters.replicas().size());
    }

    /** The same for operations that may change something. */
    default int writeFailuresSurvived(Voters voters, long alive) {
        return needsVotes()
                ? voters.toSpare(alive, this::writeQuorum)
                : Long.bitCount(alive) - writeQuorum(voters.replicas().size());
    }

    /**
     * Whether only replicas that vote count for the two: {@code true} for a policy that rests on
     * what replicas have promised or accepted before. With {@code false} each one counts that
     * answers and whose storage works, even if it is new or has lost its memory.
     */
    boolean needsVotes();

    /** The promise among that many replicas: one human-readable sentence. */
    String promise(int replicas);

    /** Opens a store. Called on the loop. */
    PolicyStore open(StoreContext context);
}
