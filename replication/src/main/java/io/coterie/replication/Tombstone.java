package io.coterie.replication;

import org.jspecify.annotations.Nullable;

/**
 * A key without a value as a replica keeps it: a deleted one, until all replicas have it so and
 * {@link Replication#remove} takes it away, or one for which there is nothing but a promise.
 *
 * @param ballot the ballot accepted for it; {@link Ballot#NONE} if there is nothing but a promise
 * @param state the state accepted with it; null if there is nothing but a promise. Not to be
 *     changed
 * @param promised the promise in force for it
 * @param ageNanos for how long it has been so at this replica without a change, since its last
 *     start at most
 */
public record Tombstone(RecordKey key, Ballot ballot, byte @Nullable [] state, Ballot promised, long ageNanos) {}
