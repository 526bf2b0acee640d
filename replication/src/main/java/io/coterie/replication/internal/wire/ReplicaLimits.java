package io.coterie.replication.internal.wire;

/** Limits of a replica that nodes observe by themselves. */
public final class ReplicaLimits {
    /**
     * The most stores that a replica records. A journal with more stores is read back nevertheless.
     */
    public static final int MAX_STORES = 10_000;

    /** The most watches that a replica accepts from one node, and so that a node may have open. */
    public static final int MAX_WATCHES = 1024;

    private ReplicaLimits() {}
}
