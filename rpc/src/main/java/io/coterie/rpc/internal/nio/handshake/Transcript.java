package io.coterie.rpc.internal.nio.handshake;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What both ends have said in a handshake so far, as a SHA-256 over each part's type (1 byte), length (4) and content, just as
 * it was on the wire. Whoever changes a bit on the way leaves the two ends with different transcripts.
 *
 * <p>Over TLS it begins with what tells the channel from others, as a part of type 0, which is said in no frame. Somebody in between
 * who ends TLS, and begins it anew towards the other end, leaves the two with different transcripts, too, however valid his own
 * certificate is: what both prove over them cannot be passed on. (The binding of RFC 9266, which TLS itself exports, would do without the
 * certificate; no Java platform before 25 has it.)
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

    /** Begins with what tells the channel from others. */
    public void bind(byte[] binding) {
        add(CHANNEL, ByteBuffer.wrap(binding));
    }

    /** Adds the content's remaining bytes, and leaves its position as it was. */
    public void add(byte type, ByteBuffer content) {
        digest.update(type);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, content.remaining()));
        digest.update(content.duplicate());
    }

    /** Another one, which has a further part besides. */
    Transcript with(byte type, ByteBuffer content) {
        Transcript longer = new Transcript(copy());
        longer.add(type, content);
        return longer;
    }

    /** The digest of what was added so far. */
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
