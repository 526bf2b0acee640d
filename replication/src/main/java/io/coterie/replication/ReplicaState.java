package io.coterie.replication;

/** Whether a replica may vote. */
public enum ReplicaState {
    /** It is new or has just started, and registers with the others before it votes. */
    REGISTERING(1),
    /** It votes and serves all requests. */
    VOTING(2),
    /**
     * Others remember an incarnation or a start of this replica that its own records do not have:
     * it lost its records, or runs on an older copy of them. It does not vote.
     */
    AMNESIAC(3),
    /** Its storage failed: it serves no requests. */
    FAILED(4);

    private final int code;

    ReplicaState(int code) {
        this.code = code;
    }

    /** From 1 to 255. It travels between nodes, and stands for the same state in all versions. */
    public int code() {
        return code;
    }

    /**
     * The state with a code.
     *
     * @throws IllegalArgumentException if no state of this version has the code
     */
    public static ReplicaState ofCode(int code) {
        for (ReplicaState state : values()) {
            if (state.code == code) {
                return state;
            }
        }
        throw new IllegalArgumentException("unknown replica state code " + code);
    }
}
