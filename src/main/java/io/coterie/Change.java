package io.coterie;

import org.jspecify.annotations.Nullable;

/**
 * A state of a watched key.
 *
 * @param key the key, as the store's codec reads it
 * @param value the value, or null if the key was deleted
 * @param version rises with each later state of the key, also where the key is deleted and put
 *     again. The versions of two keys say nothing about each other. A key may be gone without a
 *     record of its deletion. Then this version is above the one reported last. It is not above
 *     that of any later state
 */
public record Change<K, V>(K key, @Nullable V value, Version version) {}
