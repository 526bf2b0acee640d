package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.codec.ByteWriter;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * A proof that its maker knows a secret: 32 bytes of HMAC-SHA-256 (RFC 2104). Never shows itself.
 */
public final class Mac {
    static final int BYTES = 32;

    private final byte[] bytes;

    private Mac(byte[] bytes) {
        this.bytes = bytes;
    }

    static Mac of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a MAC of " + bytes.length + " bytes, not " + BYTES);
        }
        return new Mac(bytes.clone());
    }

    static Mac read(ByteBuffer in) {
        byte[] read = new byte[BYTES];
        in.get(read);
        return new Mac(read);
    }

    void writeTo(ByteWriter out) {
        out.putBytes(bytes);
    }

    /** Takes the same time wherever two differ, so that a proof cannot be found byte by byte. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Mac mac && MessageDigest.isEqual(bytes, mac.bytes);
    }

    /** One value for all, because a proof is no key of a map. */
    @Override
    public int hashCode() {
        return BYTES;
    }

    @Override
    public String toString() {
        return "a MAC";
    }
}
