package io.coterie.replication.spi;

/**
 * Asks a replica for its next keys of a store, in the unsigned lexicographic order of their bytes.
 * Immutable; no array may be changed afterwards.
 *
 * @param store the number of the store, see {@link StoreSpec#id()}
 * @param prefix the bytes that the keys begin with; empty for all keys
 * @param from where to begin: keys below it are left out
 * @param limit the most keys of an answer; 1 or more
 */
public record ScanRequest(long store, byte[] prefix, byte[] from, int limit) {
    /** About how many bytes the request takes in a message. */
    public int bytes() {
        return prefix.length + from.length;
    }
}
