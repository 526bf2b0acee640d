package io.coterie.replication;

/**
 * A deleted key as a replica keeps it, until all replicas have it so and {@link Replication#remove} takes it away.
 *
 * @param ballot the ballot accepted for it
 * @param state the state accepted with it. Not to be changed
 * @param ageNanos for how long this replica has had it so, since its last start at most
 */
public record Tombstone(RecordKey key, Ballot ballot, byte[] state, long ageNanos) {}
