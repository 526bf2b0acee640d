package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.codec.ByteWriter;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * 32 random bytes that are used once, so that a proof made for one handshake is worthless in
 * another.
 */
public final class Nonce {
    static final int BYTES = 32;

    private final byte[] bytes;

    private Nonce(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A nonce that nobody has used before. */
    static Nonce draw(SecureRandom random) {
        byte[] drawn = new byte[BYTES];
        random.nextBytes(drawn);
        return new Nonce(drawn);
    }

    static Nonce of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a nonce of " + bytes.length + " bytes, not " + BYTES);
        }
        return new Nonce(bytes.clone());
    }

    static Nonce read(ByteBuffer in) {
        byte[] read = new byte[BYTES];
        in.get(read);
        return new Nonce(read);
    }

    void writeTo(ByteWriter out) {
        out.putBytes(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Nonce nonce && Arrays.equals(bytes, nonce.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "a nonce";
    }
}
