package io.coterie.rpc.codec;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.rpc.Layouts;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What all other formats are made of. Stores keep these bytes, and other versions read them. */
class CodecLayoutTest {
    @Test
    void numbersBeginWithTheirMostSignificantByte() {
        assertEquals(
                "ff" + "01020304" + "fffffffffffffffe",
                Layouts.hex(out -> out.putByte(0x1FF).putInt(0x01020304).putLong(-2)));
    }

    @Test
    void aBlockBeginsWithItsLength() {
        String block = "00000002" + "6162";
        assertEquals(block, Layouts.hex(out -> out.putBlock(bytes("ab"))));
        assertArrayEquals(bytes("ab"), ByteReaders.readBlock(buffer(block)));
        assertEquals("00", Layouts.hex(out -> out.putOptionalBlock(null)));
        assertEquals("01" + block, Layouts.hex(out -> out.putOptionalBlock(bytes("ab"))));
        assertArrayEquals(bytes("ab"), ByteReaders.readOptionalBlock(buffer("01" + block)));
    }

    @Test
    void textsAndNumbersAndBytesStandAlone() {
        assertCodec("c3a9", Codec.utf8(), "é");
        assertCodec("0000000000000007", Codec.int64(), 7L);
        assertEquals("00ff", Layouts.hex(out -> Codec.bytes().encode(new byte[] {0, -1}, out)));
        assertArrayEquals(new byte[] {0, -1}, Codec.bytes().decode(buffer("00ff")));
        assertThrows(IllegalArgumentException.class, () -> Codec.int64().decode(buffer("00".repeat(9))));
    }

    /** They travel, in the signature of each method that has them. */
    @Test
    void theCodecsHaveTheseNames() {
        assertEquals(
                List.of("utf8", "bytes", "int64"),
                List.of(Codec.utf8().name(), Codec.bytes().name(), Codec.int64().name()));
    }

    private static <T> void assertCodec(String expected, Codec<T> codec, T value) {
        assertEquals(expected, Layouts.hex(out -> codec.encode(value, out)));
        assertEquals(value, codec.decode(buffer(expected)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }

    private static ByteBuffer buffer(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }
}
