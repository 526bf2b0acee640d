package io.coterie.replication.internal.policy;

import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import org.jspecify.annotations.Nullable;

/**
 * A key for which a replica keeps no value: one that was deleted and waits for {@code
 * QuorumCalls.remove}, or one with nothing but a promise. Immutable.
 *
 * @param ballot the ballot accepted for it; {@link Ballot#NONE} if there is nothing but a promise
 * @param state the state accepted with it; null if there is nothing but a promise. Not to be
 *     changed
 * @param promised the promise in force for it
 * @param ageNanos how long ago the replica last changed it, in nanoseconds; counted from the start
 *     of the replica at most
 */
public record Tombstone(RecordKey key, Ballot ballot, byte @Nullable [] state, Ballot promised, long ageNanos) {}
