package io.coterie.consistency;

import org.jspecify.annotations.Nullable;

/**
 * Sets the value, or removes it, if it is exactly the expected one, or absent where that is null. Its result has the value
 * found if that is another: what a node makes of functions that it cannot send elsewhere.
 */
record Swap(byte @Nullable [] expected, byte @Nullable [] next) implements Operation {}
