package io.coterie.consistency;

/**
 * Some of a store's keys, in the unsigned lexicographic order of their bytes. No array may be
 * changed afterwards.
 *
 * @param prefix what the keys begin with; empty for all
 * @param from the first key of the range, if there is one; empty for the first of all
 */
public record KeyRange(byte[] prefix, byte[] from) {
    /** The rest of this range, after a key. */
    public KeyRange after(byte[] key) {
        byte[] next = new byte[key.length + 1];
        System.arraycopy(key, 0, next, 0, key.length);
        return new KeyRange(prefix, next);
    }
}
