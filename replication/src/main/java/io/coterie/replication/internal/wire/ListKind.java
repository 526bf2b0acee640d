package io.coterie.replication.internal.wire;

/**
 * What a replica lists, in this order. Floors come last: the floor of a key that is removed while
 * the keys are listed is then read after its removal.
 */
public enum ListKind {
    /** The stores that are recorded. */
    STORES(1),
    /** The registers of strong stores, those with a promise only as well. */
    REGISTERS(2),
    /** The values of eventual stores. */
    VALUES(3),
    /** The floors of stores. */
    FLOORS(4);

    private final int code;

    ListKind(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static ListKind ofCode(int code) {
        return switch (code) {
            case 1 -> STORES;
            case 2 -> REGISTERS;
            case 3 -> VALUES;
            case 4 -> FLOORS;
            default -> throw new IllegalArgumentException("unknown kind of entry " + code);
        };
    }

    /** Whether there is one for each key, and not one for each store. */
    public boolean hasKeys() {
        return this == REGISTERS || this == VALUES;
    }
}
