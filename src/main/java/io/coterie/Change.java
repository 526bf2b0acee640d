package io.coterie;

import org.jspecify.annotations.Nullable;

/**
 * A state of a watched key.
 *
 * @param key the key, as the store's codec reads it
 * @param value the value, or null if the key was deleted
 * @param version rises with each later state of the key, also where the key is deleted and put
 *     again; between keys a comparison says nothing. A key may be found gone with no trace of its
 *     deletion: then the version is above the one reported last, and no higher than that of any
 *     later state
 */
public record Change<K, V>(K key, @Nullable V value, Version version) {}
