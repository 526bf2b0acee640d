package io.coterie.replication.internal.policy;

import io.coterie.replication.spi.StoreSpec;

/**
 * Asks a replica what it accepts for some keys of a store. Immutable; no array may be changed
 * afterwards.
 *
 * @param store the number of the store, see {@link StoreSpec#id()}
 * @param prefix the bytes that the keys begin with; or the one key
 * @param single whether the watch is of one key
 * @param watch a random number that stands for this watch of the caller
 * @param start the {@link WatchAnswer#start} of the last answer, 0 before the first
 * @param seen the number of the last event that the caller has seen since that start, 0 for none;
 *     -1 in the request that ends the watch
 */
public record WatchRequest(long store, byte[] prefix, boolean single, long watch, long start, long seen) {
    private static final long END = -1;

    /** The last request of a watch: the replica forgets it. */
    public static WatchRequest end(long store, byte[] prefix, boolean single, long watch) {
        return new WatchRequest(store, prefix, single, watch, 0, END);
    }

    /** Whether it is the last request of a watch. */
    public boolean isEnd() {
        return seen == END;
    }
}
