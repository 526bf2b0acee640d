package io.coterie;

import io.coterie.rpc.Durations;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An option of a builder, which is given once at most.
 *
 * @param <T> its values
 */
final class Option<T> {
    private final String name;
    private final @Nullable T byDefault;
    private @Nullable T given;

    private Option(String name, @Nullable T byDefault) {
        this.name = name;
        this.byDefault = byDefault;
    }

    static <T> Option<T> withDefault(String name, T value) {
        return new Option<>(name, value);
    }

    static <T> Option<T> withoutDefault(String name) {
        return new Option<>(name, null);
    }

    /**
     * Gives the option its value.
     *
     * @throws NullPointerException if the value is null
     * @throws IllegalStateException if the option has been given a value before
     */
    void set(T value) {
        Objects.requireNonNull(value, () -> name + " must not be null");
        if (given != null) {
            throw setTwice(name, given, value);
        }
        given = value;
    }

    boolean isGiven() {
        return given != null;
    }

    /** The value that was given, or else the default, or else null. */
    @Nullable
    T orNull() {
        return given == null ? byDefault : given;
    }

    /** The value of an option that has a default. */
    T get() {
        return Objects.requireNonNull(orNull(), () -> name + " has no value");
    }

    /** What a builder throws where a value would replace another one. */
    static IllegalStateException setTwice(String name, Object before, Object now) {
        return new IllegalStateException(
                name + " is set twice, to " + text(before) + " and to " + text(now) + "; set it once");
    }

    private static String text(Object value) {
        if (value instanceof Duration duration) {
            return Durations.text(duration);
        }
        return value instanceof String ? "\"" + value + "\"" : value.toString();
    }
}
