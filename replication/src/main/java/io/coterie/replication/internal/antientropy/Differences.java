package io.coterie.replication.internal.antientropy;

import io.coterie.replication.internal.tables.Digests;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The leaves in which two replicas differ, as one comparison has found them. */
final class Differences {
    private final BitSet leaves = new BitSet();

    /** A hash of both digests of each leaf that differs; null while none does. */
    private long @Nullable [] pairs;

    private boolean complete;

    void add(int leaf, long ours, long theirs) {
        if (pairs == null) {
            pairs = new long[Digests.LEAVES];
        }
        leaves.set(leaf);
        pairs[leaf] = 31 * ours + theirs;
    }

    /** All nodes were compared. */
    void completed() {
        complete = true;
    }

    /** Whether the other replica has answered to the end. */
    boolean complete() {
        return complete;
    }

    /** The leaves that differ, as a set of the caller's own. */
    BitSet leaves() {
        return (BitSet) leaves.clone();
    }

    /** What both replicas had in a leaf that differs, as one number. */
    long pair(int leaf) {
        return pairs == null ? 0 : pairs[leaf];
    }
}
