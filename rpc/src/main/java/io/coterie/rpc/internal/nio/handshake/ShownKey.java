package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.codec.ByteWriter;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The public key that one end of a connection shows for its name: 0 for none, 1 for a stored key, 2
 * for a key of this start only (1 byte); then, unless there is none, the key of Ed25519 (32, RFC
 * 8032). Its signature (64) follows the proof of the secret.
 */
public final class ShownKey {
    static final int SIGNATURE_BYTES = 64;

    private static final int KEY_BYTES = 32;
    private static final byte NONE = 0;
    private static final byte KEPT = 1;
    private static final byte OF_THIS_START = 2;

    /** The prefix of the 32 bytes in the encoding that Java reads (RFC 8410). */
    private static final byte[] X509_PREFIX = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

    private final boolean kept;
    private final byte[] key;

    /** @param kept whether its owner stores it, and has it again after a restart */
    ShownKey(boolean kept, byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("a key of " + key.length + " bytes, not " + KEY_BYTES);
        }
        this.kept = kept;
        this.key = key.clone();
    }

    /** @throws IllegalArgumentException if it is no key of Ed25519 */
    static ShownKey of(boolean kept, PublicKey key) {
        byte[] encoded = key.getEncoded();
        if (encoded.length != X509_PREFIX.length + KEY_BYTES
                || !Arrays.equals(Arrays.copyOf(encoded, X509_PREFIX.length), X509_PREFIX)) {
            throw new IllegalArgumentException("no key of Ed25519");
        }
        return new ShownKey(kept, Arrays.copyOfRange(encoded, X509_PREFIX.length, encoded.length));
    }

    /** Writes a key, or that there is none. */
    static void write(@Nullable ShownKey shown, ByteWriter out) {
        if (shown == null) {
            out.putByte(NONE);
        } else {
            out.putByte(shown.kept ? KEPT : OF_THIS_START).putBytes(shown.key);
        }
    }

    /**
     * Reads a key; null for none.
     *
     * @throws IllegalArgumentException if it is of no known kind
     * @throws BufferUnderflowException if it ends too early
     */
    static @Nullable ShownKey read(ByteBuffer in) {
        byte kind = in.get();
        if (kind == NONE) {
            return null;
        }
        if (kind != KEPT && kind != OF_THIS_START) {
            throw new IllegalArgumentException("a key of unknown kind " + kind);
        }
        byte[] read = new byte[KEY_BYTES];
        in.get(read);
        return new ShownKey(kind == KEPT, read);
    }

    boolean kept() {
        return kept;
    }

    byte[] bytes() {
        return key.clone();
    }

    /** Whether the owner of the key has signed the text. */
    boolean hasSigned(byte[] text, byte[] signature) {
        try {
            byte[] encoded = Arrays.copyOf(X509_PREFIX, X509_PREFIX.length + KEY_BYTES);
            System.arraycopy(key, 0, encoded, X509_PREFIX.length, KEY_BYTES);
            Signature check = Signature.getInstance(NodeKey.ALGORITHM);
            check.initVerify(KeyFactory.getInstance(NodeKey.ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded)));
            check.update(text);
            return check.verify(signature);
        } catch (GeneralSecurityException e) {
            // The bytes are not a point of the curve, or not a signature.
            return false;
        }
    }

    /** The text that an operator compares: SHA-256 of the key, written as ssh does. */
    String fingerprint() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key);
            return NodeKey.FINGERPRINT_PREFIX
                    + Base64.getEncoder().withoutPadding().encodeToString(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return fingerprint();
    }
}
