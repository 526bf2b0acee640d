package io.coterie;

import io.coterie.replication.Ballot;

/**
 * Told of the states of watched keys. Runs on {@link CoterieBuilder#executor}, one call at a time for each watch, and may
 * block: that holds up this watch only, unless all threads for watch listeners are held so. What it throws is logged, once
 * for each watch, and changes nothing else.
 *
 * <p>Not every acknowledged put leaves a state: changes of a key at the same time share a round, and a value that another one
 * overwrote in it is told to nobody, nor told of as missed.
 */
@FunctionalInterface
public interface WatchListener<K, V> {
    /**
     * A key has, or had, this value. Each state was really there: a change that failed, or is not decided, is never told. The
     * versions of a key only rise. What holds now may be newer by the time of the call.
     */
    void onChange(Change<K, V> change);

    /**
     * There may have been states between two versions of a key that are not told: because this listener was too slow, or
     * because replicas were away. The newer state is told next.
     *
     * @param after the version told last, {@link Ballot#NONE} if none was
     * @param before the version that is told next
     */
    default void onMissed(K key, Ballot after, Ballot before) {}
}
