package io.coterie.consistency.internal.pending;

import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.RecordKey;

/** The refusals that the stores of all policies share. */
public final class StoreRefusals {
    /** The problem where a message is over the limit of its receiver. */
    public static final String TOO_LARGE =
            "needs messages that are over the limit of this node or of too many replicas: set"
                    + " maxValueBytes to the same at all nodes, and to no less than the largest value";

    private StoreRefusals() {}

    /** Why an operation of a strong store does not begin. */
    public static String tooFew(NodeReplication replication, long store) {
        return replication.quorums().of(store).areMajorities()
                ? "fewer than a majority of replicas are connected"
                : "the replicas that are connected are no "
                        + replication.voters(store).quorumInWords();
    }

    /** The key is longer than replicas take. */
    public static IllegalArgumentException keyTooLong(String store, byte[] key) {
        return new IllegalArgumentException("store \"" + store + "\": a key has " + key.length
                + " bytes, and replicas take up to " + RecordKey.MAX_BYTES + ": use a shorter one, such as a hash");
    }
}
