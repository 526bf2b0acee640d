package io.coterie.replication.internal.snapshot;

import io.coterie.rpc.codec.ByteWriter;
import java.nio.ByteBuffer;

/**
 * How many entries a snapshot has of each kind. Immutable.
 *
 * @param stores recorded stores
 * @param registers keys of strong stores, deleted ones that are remembered included
 * @param values keys of eventual stores, deleted ones included
 * @param floors stores of which deleted keys were forgotten
 */
public record SnapshotTotals(long stores, long registers, long values, long floors) {
    /** How many entries there are in all. */
    long entries() {
        return stores + registers + values + floors;
    }

    void write(ByteWriter out) {
        out.putLong(stores).putLong(registers).putLong(values).putLong(floors);
    }

    static SnapshotTotals read(ByteBuffer in) {
        return new SnapshotTotals(in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }
}
