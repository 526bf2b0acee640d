package io.coterie.replication.internal.snapshot;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.wire.Fields;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;

/**
 * Where a snapshot comes from. Immutable.
 *
 * @param name the name of the cluster
 * @param cluster its number
 * @param epoch of the configuration under which it was taken
 * @param taker the member that has taken it
 * @param wallMillis when that began, by the taker's clock, in milliseconds since 1970
 */
public record SnapshotHead(String name, long cluster, long epoch, MemberId taker, long wallMillis) {
    void write(ByteWriter out) {
        out.putBlock(Fields.utf8(name)).putLong(cluster).putLong(epoch);
        out.putBlock(Fields.utf8(taker.node().name())).putLong(taker.incarnation());
        out.putLong(wallMillis);
    }

    static SnapshotHead read(ByteBuffer in) {
        return new SnapshotHead(
                Fields.text(in),
                in.getLong(),
                in.getLong(),
                new MemberId(NodeId.of(Fields.text(in)), in.getLong()),
                in.getLong());
    }
}
