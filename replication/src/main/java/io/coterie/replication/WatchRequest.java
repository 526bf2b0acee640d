package io.coterie.replication;

/**
 * Asks a replica what it accepts for some keys of a store. No array may be changed afterwards.
 *
 * @param store see {@link StoreSpec#id()}
 * @param prefix what the keys begin with; or the one key
 * @param single whether it is one key
 * @param watch which watch of the caller this is: drawn at random
 * @param life the {@link WatchAnswer#life} of the last answer, 0 before the first
 * @param seen the number of the last event that the caller has seen in this life, 0 for none
 */
public record WatchRequest(long store, byte[] prefix, boolean single, long watch, long life, long seen) {}
