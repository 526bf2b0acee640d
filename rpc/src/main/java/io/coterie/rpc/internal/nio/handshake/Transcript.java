package io.coterie.rpc.internal.nio.handshake;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What both ends have sent in a handshake so far, as a SHA-256 over each part's type (1 byte),
 * length (4) and content, exactly as on the wire. If a bit changes on the way, the two ends have
 * different transcripts.
 *
 * <p>Over TLS it begins with the hash that identifies the channel, as a part of type 0, which is in
 * no frame. If somebody in between ends TLS and begins it anew towards the other end, the two ends
 * have different transcripts, too, even if his certificate is valid. So he cannot pass on what both
 * prove. (The binding of RFC 9266, which TLS itself exports, would need no certificate, but no Java
 * platform before 25 has it.)
 */
public final class Transcript {
    private static final byte CHANNEL = 0;

    private final MessageDigest digest;

    public Transcript() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private Transcript(MessageDigest digest) {
        this.digest = digest;
    }

    /** Begins with the hash that identifies the channel. */
    public void bind(byte[] binding) {
        add(CHANNEL, ByteBuffer.wrap(binding));
    }

    /** Adds the content's remaining bytes, and leaves its position as it was. */
    public void add(byte type, ByteBuffer content) {
        digest.update(type);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, content.remaining()));
        digest.update(content.duplicate());
    }

    /** A copy with a further part. */
    Transcript with(byte type, ByteBuffer content) {
        Transcript longer = new Transcript(copy());
        longer.add(type, content);
        return longer;
    }

    /** The digest of all parts so far. */
    byte[] hash() {
        return copy().digest();
    }

    private MessageDigest copy() {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the platform's SHA-256 can be cloned", e);
        }
    }
}
