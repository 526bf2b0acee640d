package io.coterie;

/**
 * Receives the states of watched keys.
 *
 * <p><em>Threading:</em> calls run on {@link CoterieBuilder#executor}, one at a time for each
 * watch, and may block. A listener that blocks holds up its own watch only, unless all threads for
 * watch listeners are blocked. An exception that a listener throws is logged, once for each watch,
 * and changes nothing else.
 *
 * <p>Not every acknowledged put leaves a state. Changes of a key at the same time share a round. A
 * value that another change overwrote in the same round is neither reported nor counted as missed.
 */
@FunctionalInterface
public interface WatchListener<K, V> {
    /**
     * A key has, or had, this value. Only states that were chosen are reported: never a change
     * that failed or may still fail. The versions of a key only rise. The key may have a newer
     * state by the time of the call.
     */
    void onChange(Change<K, V> change);

    /**
     * There may have been states between two versions of a key that are not reported: because this
     * listener was too slow, or because replicas were away. The newer state is reported next. Does
     * nothing by default.
     *
     * @param after the version reported last, {@link Version#NONE} if none was
     * @param before the version that is reported next
     */
    default void onMissed(K key, Version after, Version before) {}
}
