package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.internal.nio.connection.FrameException;
import io.coterie.rpc.internal.nio.connection.HandshakeTexts;
import java.nio.ByteBuffer;

/**
 * The first message of a node with a shared secret that was dialed, before it reveals anything of
 * itself: the version that both speak from now on (1 byte), its nonce (32). The answer is a frame
 * with the key and the proof of the dialer ({@link KeyedProof}).
 */
public record Challenge(int version, Nonce nonce) {
    public void writeTo(ByteWriter out) {
        out.putByte(version);
        nonce.writeTo(out);
    }

    public static Challenge read(ByteBuffer in) throws FrameException {
        return HandshakeTexts.readingAll("challenge", in, () -> new Challenge(in.get() & 0xFF, Nonce.read(in)));
    }
}
