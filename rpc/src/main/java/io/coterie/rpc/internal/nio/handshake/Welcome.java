package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.internal.nio.connection.FrameException;
import io.coterie.rpc.internal.nio.connection.HandshakeTexts;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;

/**
 * The answer of the node that was dialed when it accepts the connection: the version that both
 * speak from now on (1 byte), the features that both have (8), the largest message it takes (4), id
 * of its start (8), cluster, its name; then, if it sent a challenge, its key and its own proof
 * ({@link KeyedProof}), which covers all of this.
 */
public record Welcome(int version, long features, int maxMessageBytes, long startId, String cluster, NodeId node) {
    /** Writes all but the proof. */
    public void writeTo(ByteWriter out) {
        out.putByte(version).putLong(features).putInt(maxMessageBytes).putLong(startId);
        HandshakeTexts.write(out, cluster);
        HandshakeTexts.write(out, node.name());
    }

    /** Reads up to the proof. */
    public static Welcome read(ByteBuffer in) throws FrameException {
        return HandshakeTexts.reading(
                "welcome",
                () -> new Welcome(
                        in.get() & 0xFF,
                        in.getLong(),
                        in.getInt(),
                        in.getLong(),
                        HandshakeTexts.read(in),
                        NodeId.of(HandshakeTexts.read(in))));
    }
}
