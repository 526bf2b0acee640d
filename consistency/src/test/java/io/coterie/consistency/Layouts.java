package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Compares what travels or is stored with what it must be, written out in hexadecimal. */
public final class Layouts {
    private Layouts() {}

    /**
     * That a value has these bytes, that they are read as that value, and that one byte less or
     * more is refused.
     */
    public static <T> void assertClosed(String expected, Codec<T> codec, T value) {
        assertLayout(expected, codec, value);
        assertThrows(RuntimeException.class, () -> codec.decode(buffer(expected + "00")), "one byte more");
    }

    /**
     * That a value has these bytes, that they are read as that value, that one byte less is
     * refused, and that bytes after them are passed over.
     */
    public static <T> void assertOpen(String expected, Codec<T> codec, T value) {
        assertLayout(expected, codec, value);
        assertEquals(expected, hex(codec, codec.decode(buffer(expected + "00"))), "one byte more");
    }

    /** Compared as bytes again, as many values hold arrays. */
    private static <T> void assertLayout(String expected, Codec<T> codec, T value) {
        assertEquals(expected, hex(codec, value));
        assertEquals(expected, hex(codec, codec.decode(buffer(expected))));
        String cut = expected.substring(0, expected.length() - 2);
        assertThrows(RuntimeException.class, () -> codec.decode(buffer(cut)), "one byte less");
    }

    public static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    public static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static <T> String hex(Codec<T> codec, T value) {
        ByteWriter out = new ByteWriter();
        codec.encode(value, out);
        return hex(out.toByteArray());
    }

    private static ByteBuffer buffer(String hex) {
        return ByteBuffer.wrap(bytes(hex));
    }
}
