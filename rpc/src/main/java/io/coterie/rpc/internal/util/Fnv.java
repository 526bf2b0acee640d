package io.coterie.rpc.internal.util;

import java.nio.charset.StandardCharsets;

/**
 * Hashes of texts that are the same at all nodes and in all versions: FNV (Fowler, Noll, Vo), over
 * the bytes of UTF-8. They travel and are written to disk, so no result may ever change.
 */
public final class Fnv {
    private Fnv() {}

    /** FNV-1a with 32 bits. */
    public static int hash32(String text) {
        int hash = 0x811c9dc5;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x01000193;
        }
        return hash;
    }

    /**
     * FNV-1a with 64 bits, but for one thing: bytes above 127 count with their sign, as they did
     * when the first numbers were stored.
     */
    public static long signedHash64(String text) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b) * 0x100000001b3L;
        }
        return hash;
    }
}
