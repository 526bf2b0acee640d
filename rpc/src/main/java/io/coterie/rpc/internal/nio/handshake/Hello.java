package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.internal.nio.connection.FrameException;
import io.coterie.rpc.internal.nio.connection.HandshakeTexts;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The first message of the dialer: magic (4 bytes), lowest and highest protocol version it speaks
 * (1 each), features (8), largest message it takes (4), id of its start (8), cluster, its name, the
 * name it looks for (each a length of 1 byte and text; the last may be empty); and from version 2
 * on, how both are to prove themselves (1), its nonce (32). A later version may append to it, but
 * never change this part. Appended so far: for how long its process has run, in milliseconds (8).
 *
 * @param nonce null from a node that speaks no version of ours, and is refused for that whatever
 *     else it sends
 * @param ageMillis for how long its process has run, or {@link #UNKNOWN_AGE}
 */
public record Hello(
        Versions versions,
        long features,
        int maxMessageBytes,
        long startId,
        String cluster,
        NodeId node,
        @Nullable NodeId expected,
        int proof,
        @Nullable Nonce nonce,
        long ageMillis) {
    /** No proof, besides what TLS proves. */
    static final int NO_PROOF = 0;

    /** Both ends prove that they know a shared secret. */
    static final int SECRET = 1;

    /** The age of a process that says nothing of it. */
    static final long UNKNOWN_AGE = Long.MAX_VALUE;

    private static final int MAGIC = 0x436F7472;

    public void writeTo(ByteWriter out) {
        out.putInt(MAGIC).putByte(versions.lowest()).putByte(versions.highest()).putLong(features);
        out.putInt(maxMessageBytes).putLong(startId);
        HandshakeTexts.write(out, cluster);
        HandshakeTexts.write(out, node.name());
        HandshakeTexts.write(out, expected == null ? "" : expected.name());
        if (nonce != null) {
            out.putByte(proof);
            nonce.writeTo(out);
            if (ageMillis != UNKNOWN_AGE) {
                out.putLong(ageMillis);
            }
        }
    }

    public static Hello read(ByteBuffer in) throws FrameException {
        return HandshakeTexts.reading("hello", () -> {
            if (in.getInt() != MAGIC) {
                throw new IllegalArgumentException("it does not begin as this protocol does");
            }
            Versions versions = new Versions(in.get() & 0xFF, in.get() & 0xFF);
            long features = in.getLong();
            int maxMessageBytes = in.getInt();
            long startId = in.getLong();
            String cluster = HandshakeTexts.read(in);
            NodeId node = NodeId.of(HandshakeTexts.read(in));
            String expected = HandshakeTexts.read(in);
            boolean proves = Versions.OURS.common(versions) != Versions.NONE;
            int proof = proves ? in.get() & 0xFF : NO_PROOF;
            Nonce nonce = proves ? Nonce.read(in) : null;
            return new Hello(
                    versions,
                    features,
                    maxMessageBytes,
                    startId,
                    cluster,
                    node,
                    expected.isEmpty() ? null : NodeId.of(expected),
                    proof,
                    nonce,
                    proves ? readAge(in) : UNKNOWN_AGE);
        });
    }

    private static long readAge(ByteBuffer in) {
        if (in.remaining() < Long.BYTES) {
            return UNKNOWN_AGE;
        }
        long age = in.getLong();
        return age < 0 ? UNKNOWN_AGE : age;
    }
}
