package io.coterie;

import io.coterie.replication.Ballot;
import org.jspecify.annotations.Nullable;

/**
 * A state of a watched key.
 *
 * @param value null if the key was deleted
 * @param version rises with each later state of the key, also where it is deleted and put again. Between keys it says nothing. A key that
 *     is found gone, with no trace of its deletion, is told with the lowest version above the one before, which is no state's
 */
public record Change<K, V>(K key, @Nullable V value, Ballot version) {}
