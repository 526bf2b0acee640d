package io.coterie.rpc.codec;

import java.nio.ByteBuffer;

/**
 * Turns values of a type into bytes and back.
 *
 * <p>Where a codec is for the keys of a store, or for values that are compared (compare-and-set),
 * equal values must give equal bytes.
 *
 * <p><b>Threading.</b> A codec must be safe for use by many threads at once. It runs on the loop of
 * a node, so it must not block.
 *
 * @param <T> the type of values
 */
public interface Codec<T> {
    /**
     * Appends the value's bytes.
     *
     * @throws RuntimeException if the value cannot be encoded; the call fails with {@code
     *     MalformedMessageException} then, and is not executed
     */
    void encode(T value, ByteWriter out);

    /**
     * Reads a value from all remaining bytes of the buffer, from its position to its limit. What
     * stands before and behind is not the value's.
     *
     * @param in valid during the call only
     * @throws RuntimeException if the bytes are not a value of the type
     */
    T decode(ByteBuffer in);

    /**
     * Names the encoding, for example {@code "utf8"} or {@code "order-v2"}. Caller and server of a
     * method compare the names of its codecs. So a call between nodes that would read each other's
     * bytes wrongly is refused with a clear error. Default: empty, which matches every other.
     *
     * <p>A codec should not be a constant of an enum: its name would be the name of the constant,
     * and a rename of the constant would make it incompatible with other versions.
     */
    default String name() {
        return "";
    }

    /**
     * Text as UTF-8. It refuses a text that has half of a surrogate pair alone, with an {@link
     * IllegalArgumentException}: there is no UTF-8 for that, and two texts would have the same
     * bytes.
     */
    static Codec<String> utf8() {
        return Codecs.UTF8;
    }

    /** Byte arrays as they are. The caller must not change an array after it has passed it on. */
    static Codec<byte[]> bytes() {
        return Codecs.BYTES;
    }

    /** Longs as eight bytes, most significant byte first. */
    static Codec<Long> int64() {
        return Codecs.INT64;
    }
}
