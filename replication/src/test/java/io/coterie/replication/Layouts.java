package io.coterie.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.replication.internal.wire.Addressed;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Compares what travels or is stored with what it must be, written out in hexadecimal. */
public final class Layouts {
    /** A block of the letter a: its length and the letter. */
    public static final String A = "00000001" + "61";

    public static final Ballot BALLOT = new Ballot(3, 4);
    public static final String BALLOT_BYTES = "0000000000000003" + "0000000000000004";
    public static final RecordKey KEY = new RecordKey(1, new byte[] {2});
    public static final String KEY_BYTES = "0000000000000001" + "00000001" + "02";

    public static final NodeId SELF = NodeId.of("a");

    /** For whom a request is: the group of epoch 7, and the incarnation 8. */
    public static final String ADDRESS = "0000000000000007" + "0000000000000008";

    private Layouts() {}

    /** The request behind {@link #ADDRESS}. */
    @SuppressWarnings("exports") // No test of another module calls it.
    public static <Q> Addressed<Q> addressed(Q request) {
        return new Addressed<>(7, 8, request);
    }

    /**
     * That a value has these bytes, that they are read as that value, and that one byte less or
     * more is refused.
     */
    public static <T> void assertClosed(String expected, Codec<T> codec, T value) {
        assertEquals(expected, hex(codec, value));
        // Compared as bytes again, as many values hold arrays.
        assertEquals(expected, hex(codec, codec.decode(bytes(expected))));
        String cut = expected.substring(0, expected.length() - 2);
        assertThrows(RuntimeException.class, () -> codec.decode(bytes(cut)), "one byte less");
        assertThrows(RuntimeException.class, () -> codec.decode(bytes(expected + "00")), "one byte more");
    }

    public static <T> String hex(Codec<T> codec, T value) {
        ByteWriter out = new ByteWriter();
        codec.encode(value, out);
        return hex(out.view());
    }

    public static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return HexFormat.of().formatHex(copy);
    }

    public static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }
}
