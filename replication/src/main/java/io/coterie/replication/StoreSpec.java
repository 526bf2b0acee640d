package io.coterie.replication;

import java.nio.charset.StandardCharsets;

/**
 * A store as replicas know it: its name and the policy that governs its writes, which is fixed when the store is first
 * opened anywhere.
 *
 * @param name 1 to 128 characters
 * @param policy the policy's name, 1 to 128 characters
 */
public record StoreSpec(String name, String policy) {
    /** Checks both names. */
    public StoreSpec {
        check("store name", name);
        check("policy name", policy);
    }

    /**
     * The number under which messages name this store. It depends on the policy too, so that nobody can write to a store
     * under another policy than the recorded one.
     */
    public long id() {
        long hash = 0xcbf29ce484222325L;
        for (byte b : (name + '\0' + policy).getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b) * 0x100000001b3L;
        }
        return hash;
    }

    private static void check(String what, String value) {
        if (value.isEmpty() || value.length() > 128 || value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    what + " \"" + value + "\" is not 1 to 128 characters long, none of them 0");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw new IllegalArgumentException(what + " \"" + value
                    + "\" has half of a surrogate pair alone, for which there is no UTF-8: leave it out");
        }
    }
}
