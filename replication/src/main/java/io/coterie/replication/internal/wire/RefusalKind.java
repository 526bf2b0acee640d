package io.coterie.replication.internal.wire;

import io.coterie.rpc.error.MessageTooLargeException;
import io.coterie.rpc.error.RemoteException;

/**
 * Why a replica refused a request. The code crosses the network, and has the same meaning in all
 * versions.
 */
public enum RefusalKind {
    /**
     * The replica does not know the store, or does not know yet which replicas the caller was
     * given.
     */
    UNKNOWN_STORE(1, true),
    /** The store is recorded under another policy. */
    OTHER_POLICY(2, true),
    /** The replica was given another list of replicas than the caller. */
    OTHER_REPLICAS(3, true),
    /** Only replicas may send the request, and the caller is none. */
    NO_REPLICA(4, true),
    /** The replica may not vote (yet). */
    NOT_VOTING(5, true),
    /** The replica's storage failed. The entry may be durable nevertheless. */
    NO_STORAGE(6, false),
    /** The caller, or all nodes together, have as many watches as the replica accepts. */
    TOO_MANY_WATCHES(7, true),
    /** The prefix of a watch or a scan is longer than any key may be. */
    LONG_PREFIX(8, true),
    /** The replica has as many stores as it accepts, of all nodes or of the caller. */
    TOO_MANY_STORES(9, true),
    /** The name of a new store has an invisible character. */
    HIDDEN_CHARACTER(10, true),
    /** A reader asks for a store that nobody has opened here yet. */
    NOT_RECORDED(11, true),
    /** A timestamp, a ballot or a floor lies too far in the future. */
    CLOCK_AHEAD(12, true),
    /** No policy and no coordinator makes such a request. To repeat it does not help. */
    WRONG_REQUEST(13, true),
    /**
     * A message exceeds the limit of one of the two nodes. The request itself may have been
     * executed.
     */
    TOO_LARGE(14, false),
    /** The replica has adopted another configuration than the one the request rests on. */
    OTHER_EPOCH(15, true),
    /** The request is meant for records that the replica does not have. */
    OTHER_INCARNATION(16, true),
    /** Any other failure. */
    OTHER(0, false);

    private static final RefusalKind[] BY_CODE = byCode();

    private final int code;
    private final boolean nothingDone;

    RefusalKind(int code, boolean nothingDone) {
        this.code = code;
        this.nothingDone = nothingDone;
    }

    /** The kind of a failure, here or at a replica. */
    public static RefusalKind of(Throwable failure) {
        if (failure instanceof ReplicaRefusal refusal) {
            return refusal.kind();
        } else if (failure instanceof MessageTooLargeException) {
            return TOO_LARGE;
        }
        return failure instanceof RemoteException remote ? ofCode(remote.code()) : OTHER;
    }

    private static RefusalKind ofCode(int code) {
        return code < BY_CODE.length ? BY_CODE[code] : OTHER;
    }

    private static RefusalKind[] byCode() {
        RefusalKind[] kinds = new RefusalKind[values().length];
        for (RefusalKind kind : values()) {
            kinds[kind.code] = kind;
        }
        return kinds;
    }

    /** From 0 to 255. */
    int code() {
        return code;
    }

    /** Whether a replica that refuses for this reason has executed nothing of the request. */
    public boolean didNothing() {
        return nothingDone;
    }
}
