package io.coterie.rpc;

import java.nio.ByteBuffer;

/**
 * Turns values of a type into bytes and back. Must be safe for use by many threads at once.
 *
 * <p>Where a codec serves the keys of a store, or the values of one that compares (compare-and-set), equal values must
 * give equal bytes.
 */
public interface Codec<T> {
    /** Appends the value's bytes. */
    void encode(T value, ByteWriter out);

    /**
     * Reads a value from all remaining bytes of the buffer, which is valid during the call only. They begin at its position,
     * which may be any, and end at its limit: what stands before and behind is not the value's.
     *
     * @throws RuntimeException if the bytes are not a value of the type
     */
    T decode(ByteBuffer in);

    /**
     * Names the encoding, as {@code "utf8"} or {@code "order-v2"}. Caller and server of a method compare the names of its codecs,
     * so that a call between nodes that read each other's bytes wrongly is refused with a clear error. Default: empty, which
     * goes with every other.
     *
     * <p>A constant of an enum that is a codec gives its own name in the source here, so that to rename it would part it from
     * other versions: make the codec a class of its own.
     */
    default String name() {
        return "";
    }

    /**
     * Text as UTF-8. It refuses a text that has half of a surrogate pair without the other half, with an
     * {@link IllegalArgumentException}: there is no UTF-8 for that, and two texts would become one.
     */
    static Codec<String> utf8() {
        return Codecs.UTF8;
    }

    /** Byte arrays as they are. An array must not be changed after it was handed over. */
    static Codec<byte[]> bytes() {
        return Codecs.BYTES;
    }

    /** Longs as eight bytes, most significant first. */
    static Codec<Long> int64() {
        return Codecs.INT64;
    }
}
