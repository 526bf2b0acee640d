package io.coterie;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a store that a scan goes through, and where it begins. Immutable.
 *
 * <p>Keys are in the order of their bytes as the store's codec writes them, compared as unsigned
 * numbers one by one. For {@link io.coterie.rpc.codec.Codec#utf8()} that is the order of code
 * points, and a prefix is a prefix of the text. A codec that writes a length first, or negative
 * numbers, gives keys another order than that of their values.
 *
 * <pre>{@code
 * Scan<String> rest = Scan.prefix("user/");
 * while (rest != null) {
 *     Page<String, User> page = users.scan(rest, 100);
 *     page.entries().forEach(...);
 *     rest = page.next();
 * }
 * }</pre>
 */
public final class Scan<K> {
    final @Nullable K prefix;
    final @Nullable K from;
    final @Nullable K after;

    /** Where the previous page ended, in bytes; overrides the other two. */
    final byte @Nullable [] rest;

    private Scan(@Nullable K prefix, @Nullable K from, @Nullable K after, byte @Nullable [] rest) {
        this.prefix = prefix;
        this.from = from;
        this.after = after;
        this.rest = rest;
    }

    /** A scan of all keys. */
    public static <K> Scan<K> all() {
        return new Scan<>(null, null, null, null);
    }

    /**
     * A scan of all keys whose bytes begin with those of the prefix.
     *
     * @param prefix at least one byte when written by the store's codec; for all keys there is
     *     {@link #all}
     */
    public static <K> Scan<K> prefix(K prefix) {
        return new Scan<>(Objects.requireNonNull(prefix, "prefix must not be null"), null, null, null);
    }

    /**
     * The same scan, which begins at this key and includes it.
     *
     * @throws IllegalStateException if the beginning is set already
     */
    public Scan<K> from(K first) {
        requireNoBeginning();
        return new Scan<>(prefix, Objects.requireNonNull(first, "from must not be null"), null, null);
    }

    /**
     * The same scan, which begins behind this key.
     *
     * @throws IllegalStateException if the beginning is set already
     */
    public Scan<K> after(K last) {
        requireNoBeginning();
        return new Scan<>(prefix, null, Objects.requireNonNull(last, "after must not be null"), null);
    }

    Scan<K> withRest(byte[] next) {
        return new Scan<>(prefix, null, null, next);
    }

    private void requireNoBeginning() {
        if (from != null || after != null || rest != null) {
            throw new IllegalStateException("this scan begins " + (from != null ? "from " + from : "after a key")
                    + " already: begin another with Scan.all() or Scan.prefix(...)");
        }
    }
}
