package io.coterie.replication;

/** Whether a replica may vote. */
public enum ReplicaState {
    /** It is new or has just started, and is telling the others so before it votes. */
    REGISTERING,
    /** It answers everything. */
    VOTING,
    /**
     * Others remember a life or a start of it that it does not know itself: it lost its memory or is an older copy, and does
     * not vote.
     */
    AMNESIAC,
    /** Its storage failed: it answers nothing. */
    FAILED
}
