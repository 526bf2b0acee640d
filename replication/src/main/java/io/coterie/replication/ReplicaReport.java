package io.coterie.replication;

import org.jspecify.annotations.Nullable;

/**
 * What a replica says of itself.
 *
 * @param state whether it votes; null if it did not answer, or was given other replicas than this node
 * @param problem why it does not vote, or did not answer; null if all is well
 */
public record ReplicaReport(
        @Nullable ReplicaState state, @Nullable String problem) {
    /** Whether it answered that it votes. */
    public boolean isVoting() {
        return state == ReplicaState.VOTING;
    }
}
