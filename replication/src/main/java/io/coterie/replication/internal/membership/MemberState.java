package io.coterie.replication.internal.membership;

/** Whether a member is to stay. */
public enum MemberState {
    ACTIVE(1),
    /** It is in no next group, and goes when the change is done. */
    LEAVING(2);

    private final int code;

    MemberState(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static MemberState ofCode(int code) {
        return switch (code) {
            case 1 -> ACTIVE;
            case 2 -> LEAVING;
            default -> throw new IllegalArgumentException("unknown member state " + code);
        };
    }
}
