package io.coterie.replication;

/**
 * Asks a replica for its next keys of a store, in the unsigned lexicographic order of their bytes.
 * No array may be changed afterwards.
 *
 * @param store see {@link StoreSpec#id()}
 * @param prefix what the keys begin with; empty for all
 * @param from the first key that is wanted, if there is one
 * @param limit how many, at most; 1 or more
 */
public record ScanRequest(long store, byte[] prefix, byte[] from, int limit) {
    /** About how many it takes. */
    public int bytes() {
        return prefix.length + from.length;
    }
}
