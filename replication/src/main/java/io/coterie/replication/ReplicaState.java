package io.coterie.replication;

/** Whether a replica may vote. */
public enum ReplicaState {
    /** It has no history yet, and is telling the others so before its first vote. */
    REGISTERING,
    /** It answers everything. */
    VOTING,
    /** Others remember an earlier life of it that it has forgotten itself: it does not vote. */
    AMNESIAC,
    /** Its storage failed: it answers nothing. */
    FAILED
}
