package io.coterie.replication.internal.wire;

/** What a replica takes, and a node therefore does not go beyond. */
public final class ReplicaLimits {
    /**
     * The most stores that a replica records. A journal that has more is read back all the same.
     */
    public static final int MAX_STORES = 10_000;

    /** How many watches of one node a replica takes, and so how many a node may have open. */
    public static final int MAX_WATCHES = 1024;

    private ReplicaLimits() {}
}
