package io.coterie.replication.internal.wire;

/**
 * The two kinds of copies. They are compared one apart from the other, because only a replica that
 * votes takes part with its registers.
 */
public enum CopyKind {
    /** The accepted states of strong stores. */
    REGISTERS(1),
    /** The values of eventual stores. */
    VALUES(2);

    private final int code;

    CopyKind(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static CopyKind ofCode(int code) {
        return switch (code) {
            case 1 -> REGISTERS;
            case 2 -> VALUES;
            default -> throw new IllegalArgumentException("unknown kind of copies " + code);
        };
    }
}
