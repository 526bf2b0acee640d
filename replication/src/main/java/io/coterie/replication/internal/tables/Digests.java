package io.coterie.replication.internal.tables;

import io.coterie.replication.spi.RecordKey;
import java.util.Arrays;

/**
 * A tree of digests of a replica's copies of one kind, so that two replicas find where they differ
 * without sending what they have (DeCandia et al., Dynamo, 2007, section 4.7; the tree is that of
 * Merkle, A Digital Signature Based on a Conventional Encryption Function, 1987).
 *
 * <p>A record belongs to the leaf that the low bits of its key's hash name. A leaf's digest is the
 * exclusive or of the hashes of its records' keys and versions, so a write changes it without a
 * look at the other records. The digest of an inner node is the exclusive or of its children, and
 * is computed when somebody asks. It finds faults, not malice: who chooses keys and ballots can
 * make two trees look alike.
 *
 * <p>Takes 512 KiB, whatever the number of records.
 */
public final class Digests {
    /** How many children an inner node has. */
    public static final int FANOUT = 16;

    /** The level of the leaves; the root is level 0. */
    public static final int LEAF_LEVEL = 4;

    /** How many leaves there are. */
    public static final int LEAVES = 1 << 16;

    private final long[] leaves = new long[LEAVES];

    /** The leaf of a key. */
    public static int leaf(RecordKey key) {
        return key.hashCode() & (LEAVES - 1);
    }

    /** The hash of a record, from that of its key and the two halves of its version. */
    static long ofEntry(int key, long version, long writer) {
        long mixed = (key ^ version * 0x9e3779b97f4a7c15L) ^ Long.rotateLeft(writer * 0xc2b2ae3d27d4eb4fL, 32);
        mixed = (mixed ^ (mixed >>> 33)) * 0xff51afd7ed558ccdL;
        return mixed ^ (mixed >>> 29);
    }

    /**
     * A record has changed.
     *
     * @param before its {@link KeyedRecord#digest} before, 0 if it was not there
     * @param after what it is now, 0 if it is gone
     */
    void changed(RecordKey key, long before, long after) {
        leaves[leaf(key)] ^= before ^ after;
    }

    /** All records are gone. */
    void clear() {
        Arrays.fill(leaves, 0);
    }

    /**
     * The digest of a node.
     *
     * @param level 0 for the root to {@link #LEAF_LEVEL}
     * @param node from 0 to 16<sup>level</sup>, not included
     */
    public long of(int level, int node) {
        int width = LEAVES >> (4 * level);
        long sum = 0;
        for (int leaf = node * width; leaf < (node + 1) * width; leaf++) {
            sum ^= leaves[leaf];
        }
        return sum;
    }
}
