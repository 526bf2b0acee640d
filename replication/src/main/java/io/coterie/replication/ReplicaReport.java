package io.coterie.replication;

import org.jspecify.annotations.Nullable;

/**
 * The report of a replica on itself, as this node received it. Immutable.
 *
 * @param state whether it votes; null if it did not answer, or was given other replicas than this
 *     node
 * @param problem why it does not vote, or did not answer, as a human-readable text; null if it
 *     votes
 * @param clockAheadMillis how far its wall clock is ahead of this node's, in milliseconds; below
 *     zero if it is behind, 0 if it did not answer. Precise to half of the time that its answer
 *     took
 * @param epoch the epoch of the configuration that it has adopted; 0 for none, or without an answer
 * @param isBehind whether it lacks many copies that others have, when last compared with them, and
 *     is taking them
 */
public record ReplicaReport(
        @Nullable ReplicaState state, @Nullable String problem, long clockAheadMillis, long epoch, boolean isBehind) {
    /**
     * The report of a replica that did not answer.
     *
     * @param problem why, as a human-readable text
     */
    public static ReplicaReport unanswered(String problem) {
        return new ReplicaReport(null, problem, 0, 0, false);
    }

    /** Whether the replica answered, and votes. */
    public boolean isVoting() {
        return state == ReplicaState.VOTING;
    }
}
