package io.coterie.simulation.history;

import org.jspecify.annotations.Nullable;

/**
 * A request of a client to a key. Values are text. A key without a value is absent, which {@code
 * null} stands for.
 *
 * <p>Each kind says what its result is when it was answered. A result of {@code null} means that
 * the answer did not contain it, except for reads. Immutable.
 */
public sealed interface Op {
    /** Result: the value, or {@code null} if the key was absent. */
    record Read() implements Op {}

    /** Sets the value. No result. */
    record Write(String value) implements Op {}

    /**
     * Makes the key absent. Result: {@code true} or {@code false}, whether it had a value before.
     */
    record Delete() implements Op {}

    /**
     * Sets the value if the present one equals the expected. Result: {@code true} or {@code false},
     * whether it was set.
     *
     * @param expected {@code null} expects the key to be absent
     * @param next {@code null} makes the key absent
     */
    record CompareAndSet(
            @Nullable String expected, @Nullable String next) implements Op {}

    /**
     * Sets the value if the key is absent. Result: {@code true} or {@code false}, whether it was
     * set.
     */
    record PutIfAbsent(String value) implements Op {}

    /** Adds to the number that the key holds, 0 if absent. Result: the sum. */
    record AddAndGet(long delta) implements Op {}

    /**
     * Adds text at the end of the value, which is empty if absent: a read-modify-write that shows
     * how often it was done. Result: the new value.
     *
     * @param text best unique, with a separator
     */
    record Append(String text) implements Op {}
}
