package io.coterie.rpc.internal.nio.handshake;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret that all nodes of a cluster know, and nobody else. Texts never show it.
 *
 * <p>Each end proves that it knows the secret by HMAC-SHA-256 (RFC 2104) over a label of its role
 * and the {@link Transcript}, which holds a fresh nonce of either end: challenge and response of
 * both sides, as in ISO/IEC 9798-4, where each proof covers all that was sent before it, as in
 * SIGMA (Krawczyk 2003) and in the Finished of TLS 1.3. The nonces make a recorded proof worthless.
 * The labels make a proof worthless that is sent back to its maker (RFC 5869 keeps uses of one key
 * apart in the same way). Over TLS, the transcript holds the certificate of the end that was
 * dialed, so that a proof is worthless on another channel.
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
        // Loads classes here, so that the loop need not do it.
        prove(Role.DIALER, new Transcript());
    }

    /** The proof that only an end that knows the secret can make at this point of a handshake. */
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
     * Whether both secrets give the same proofs. Different bytes may do so, because HMAC pads a
     * short key with zeros.
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
