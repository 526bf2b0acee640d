package io.coterie.rpc.internal.nio;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What both ends have said in a handshake so far, as a SHA-256 over each part's type (1 byte), length (4) and content, just as
 * it was on the wire. Whoever changes a bit on the way leaves the two ends with different transcripts.
 */
final class Transcript {
    private final MessageDigest digest;

    Transcript() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Adds the content's remaining bytes, and leaves its position as it was. */
    void add(byte type, ByteBuffer content) {
        digest.update(type);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, content.remaining()));
        digest.update(content.duplicate());
    }

    /** The digest of what was added so far. */
    byte[] hash() {
        try {
            return ((MessageDigest) digest.clone()).digest();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the platform's SHA-256 can be cloned", e);
        }
    }
}
