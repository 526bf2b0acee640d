package io.coterie.replication;

/** Whether a replica may vote. */
public enum ReplicaState {
    /** It is new or has just started, and is telling the others so before it votes. */
    REGISTERING(1),
    /** It answers everything. */
    VOTING(2),
    /**
     * Others remember a life or a start of it that it does not know itself: it lost its memory or
     * is an older copy, and does not vote.
     */
    AMNESIAC(3),
    /** Its storage failed: it answers nothing. */
    FAILED(4);

    private final int code;

    ReplicaState(int code) {
        this.code = code;
    }

    /** From 1 to 255; stands for the same state in all versions. */
    public int code() {
        return code;
    }

    /** The state with that code. */
    public static ReplicaState ofCode(int code) {
        for (ReplicaState state : values()) {
            if (state.code == code) {
                return state;
            }
        }
        throw new IllegalArgumentException("unknown replica state code " + code);
    }
}
