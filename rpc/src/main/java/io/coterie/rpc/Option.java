package io.coterie.rpc;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An option of a builder. It may be set once: where two places of a program set it, one of them
 * would be ignored without a word.
 */
final class Option<T> {
    private final String name;
    private @Nullable T value;

    Option(String name) {
        this.name = name;
    }

    /**
     * Refuses null.
     *
     * @throws NullPointerException which names the option
     */
    T nonNull(@Nullable T given) {
        return Objects.requireNonNull(given, () -> name + " must not be null");
    }

    /**
     * Sets the value.
     *
     * @throws NullPointerException if the value is null
     * @throws IllegalStateException if there is a value already; the text shows both
     */
    void set(@Nullable T given) {
        T next = nonNull(given);
        T before = value;
        if (before != null) {
            throw new IllegalStateException(
                    name + " is set twice, to " + text(before) + " and to " + text(next) + "; set it once");
        }
        value = next;
    }

    /** The value, or null if none is set. */
    @Nullable
    T get() {
        return value;
    }

    /** The value, or the default if none is set. */
    T or(T byDefault) {
        T given = value;
        return given == null ? byDefault : given;
    }

    boolean isSet() {
        return value != null;
    }

    private static String text(Object value) {
        if (value instanceof Duration duration) {
            return Durations.text(duration);
        }
        return value instanceof String ? "\"" + value + "\"" : value.toString();
    }
}
