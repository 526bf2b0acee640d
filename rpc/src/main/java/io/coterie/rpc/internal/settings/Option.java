package io.coterie.rpc.internal.settings;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An option of a builder. It may be set once: where two places of a program set it, one of them
 * would be ignored without a word.
 *
 * @param <T> its values
 */
public final class Option<T> {
    private final String name;
    private final @Nullable T byDefault;
    private @Nullable T given;

    private Option(String name, @Nullable T byDefault) {
        this.name = name;
        this.byDefault = byDefault;
    }

    /** An option without a default. */
    public Option(String name) {
        this(name, null);
    }

    public static <T> Option<T> withDefault(String name, T byDefault) {
        return new Option<>(name, byDefault);
    }

    /**
     * Refuses null.
     *
     * @throws NullPointerException which names the option
     */
    public T nonNull(@Nullable T value) {
        return Objects.requireNonNull(value, () -> name + " must not be null");
    }

    /**
     * Sets the value.
     *
     * @throws NullPointerException if the value is null
     * @throws IllegalStateException if a value was given before; the text shows both
     */
    public void set(@Nullable T value) {
        T next = nonNull(value);
        T before = given;
        if (before != null) {
            throw setTwice(name, before, next);
        }
        given = next;
    }

    public boolean isGiven() {
        return given != null;
    }

    /** The value that was given, or null. The default does not count. */
    public @Nullable T given() {
        return given;
    }

    /** The value that was given, or else another. */
    public T or(T otherwise) {
        T value = given;
        return value == null ? otherwise : value;
    }

    /** The value of an option with a default. */
    public T get() {
        T value = given == null ? byDefault : given;
        return Objects.requireNonNull(value, () -> name + " has no value");
    }

    /** What a builder throws if a value would replace another one. */
    public static IllegalStateException setTwice(String name, Object before, Object now) {
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
