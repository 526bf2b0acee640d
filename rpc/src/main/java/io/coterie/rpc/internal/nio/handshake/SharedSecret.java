package io.coterie.rpc.internal.nio.handshake;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * What all nodes of a cluster know and nobody else does. Never shows itself.
 *
 * <p>Each end proves that it knows the secret by HMAC-SHA-256 (RFC 2104) over a label of its role and the {@link Transcript},
 * which holds a fresh nonce of either end: challenge and response of both sides, as in ISO/IEC 9798-4, where each proof covers
 * all that was said before it, as in SIGMA (Krawczyk 2003) and in the Finished of TLS 1.3. The nonces make a recorded proof
 * worthless, the labels one that is sent back to its maker (RFC 5869 keeps uses of one key apart in the same way). Over TLS the
 * transcript holds the certificate of the end that was dialed, so that a proof is worth nothing on another channel.
 */
public final class SharedSecret {
    private static final String HMAC = "HmacSHA256";

    private final SecretKey key;

    /** Whose proof it is. */
    public enum Role {
        DIALER("coterie dialer"),
        ACCEPTOR("coterie acceptor");

        private final String label;

        Role(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    /** Copies the bytes. */
    public SharedSecret(byte[] bytes) {
        key = new SecretKeySpec(bytes, HMAC);
        // The loop must not be the first to need what this loads.
        prove(Role.DIALER, new Transcript());
    }

    /** What only those who know the secret can say at this point of a handshake. */
    public Mac prove(Role role, Transcript transcript) {
        try {
            javax.crypto.Mac mac = javax.crypto.Mac.getInstance(HMAC);
            mac.init(key);
            mac.update(role.label.getBytes(StandardCharsets.US_ASCII));
            return Mac.of(mac.doFinal(transcript.hash()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
        }
    }

    /**
     * Whether who knows one of the two could pass for one who knows the other. Bytes that differ may be the same to HMAC: it fills a short
     * key up with zeros.
     */
    public boolean isSameAs(SharedSecret other) {
        Transcript empty = new Transcript();
        return prove(Role.DIALER, empty).equals(other.prove(Role.DIALER, empty));
    }

    @Override
    public String toString() {
        return "a shared secret";
    }
}
