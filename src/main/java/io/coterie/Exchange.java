package io.coterie;

import org.jspecify.annotations.Nullable;

/**
 * The result of {@link Store#compareAndExchange}.
 *
 * @param applied whether the value was set
 * @param found the value that was there: the expected one if the new value was set, otherwise
 *     another one, or null if there was none
 */
public record Exchange<V>(boolean applied, @Nullable V found) {}
