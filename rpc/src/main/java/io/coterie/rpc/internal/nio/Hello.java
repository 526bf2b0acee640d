package io.coterie.rpc.internal.nio;

import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.NodeId;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the node that dials says first: magic (4 bytes), lowest and highest protocol version it speaks (1 each), features (8),
 * largest message it takes (4), id of its start (8), cluster, its name, the name it looks for (each a length of 1 byte and
 * text; the last may be empty). A later version may append to it, but never change this part.
 */
record Hello(
        int lowestVersion,
        int highestVersion,
        long features,
        int maxMessageBytes,
        long startId,
        String cluster,
        NodeId node,
        @Nullable NodeId expected) {
    private static final int MAGIC = 0x436F7472;

    void writeTo(ByteWriter out) {
        out.putInt(MAGIC).putByte(lowestVersion).putByte(highestVersion).putLong(features);
        out.putInt(maxMessageBytes).putLong(startId);
        Names.write(out, cluster);
        Names.write(out, node.name());
        Names.write(out, expected == null ? "" : expected.name());
    }

    static Hello read(ByteBuffer in) throws FrameException {
        return Names.reading("hello", () -> {
            if (in.getInt() != MAGIC) {
                throw new IllegalArgumentException("it does not begin as this protocol does");
            }
            int lowest = in.get();
            int highest = in.get();
            long features = in.getLong();
            int maxMessageBytes = in.getInt();
            long startId = in.getLong();
            String cluster = Names.read(in);
            NodeId node = NodeId.of(Names.read(in));
            String expected = Names.read(in);
            return new Hello(
                    lowest,
                    highest,
                    features,
                    maxMessageBytes,
                    startId,
                    cluster,
                    node,
                    expected.isEmpty() ? null : NodeId.of(expected));
        });
    }
}
