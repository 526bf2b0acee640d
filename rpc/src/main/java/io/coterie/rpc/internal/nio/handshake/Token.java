package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.ByteWriter;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;

/** 32 bytes that nobody can guess: a nonce, or a proof. Never shows itself. */
public final class Token {
    static final int BYTES = 32;

    private final byte[] bytes;

    private Token(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A nonce that was never there before. */
    static Token draw(SecureRandom random) {
        byte[] drawn = new byte[BYTES];
        random.nextBytes(drawn);
        return new Token(drawn);
    }

    static Token of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a token of " + bytes.length + " bytes, not " + BYTES);
        }
        return new Token(bytes.clone());
    }

    static Token read(ByteBuffer in) {
        byte[] read = new byte[BYTES];
        in.get(read);
        return new Token(read);
    }

    void writeTo(ByteWriter out) {
        out.putBytes(bytes);
    }

    /** Takes the same time wherever two differ, so that a proof cannot be found byte by byte. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Token token && MessageDigest.isEqual(bytes, token.bytes);
    }

    /** The same for all: a token is no key of a map. */
    @Override
    public int hashCode() {
        return BYTES;
    }

    @Override
    public String toString() {
        return "a token";
    }
}
