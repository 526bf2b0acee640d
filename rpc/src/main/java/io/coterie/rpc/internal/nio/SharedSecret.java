package io.coterie.rpc.internal.nio;

import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** What all nodes of a cluster know and nobody else does. Never shows itself. */
public final class SharedSecret {
    private final SecretKey key;

    /** Copies the bytes. */
    public SharedSecret(byte[] bytes) {
        key = new SecretKeySpec(bytes, "HmacSHA256");
    }

    /** The key for HMAC-SHA-256. */
    SecretKey key() {
        return key;
    }

    @Override
    public String toString() {
        return "a shared secret";
    }
}
