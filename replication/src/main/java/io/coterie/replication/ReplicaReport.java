package io.coterie.replication;

import org.jspecify.annotations.Nullable;

/**
 * What a replica says of itself.
 *
 * @param state whether it votes; null if it did not answer, or was given other replicas than this
 *     node
 * @param problem why it does not vote, or did not answer; null if all is well
 * @param clockAheadMillis how far ahead of this node's wall clock its own is, in milliseconds, to
 *     half the time that its answer took; below zero if it is behind, 0 if it did not answer
 */
public record ReplicaReport(
        @Nullable ReplicaState state, @Nullable String problem, long clockAheadMillis) {
    /** Whether it answered that it votes. */
    public boolean isVoting() {
        return state == ReplicaState.VOTING;
    }
}
