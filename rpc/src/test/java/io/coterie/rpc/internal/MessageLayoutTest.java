package io.coterie.rpc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.ByteWriter;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** What is on the wire may not change by accident: other versions read it. */
class MessageLayoutTest {
    @Test
    void aRequest() {
        ByteWriter out = new ByteWriter();

        Message.begin(out, Message.REQUEST, 0x0102030405060708L, Message.methodId("echo"), 50_000);
        out.putBytes(new byte[] {'h', 'i'});

        assertEquals(
                "01" + "0102030405060708" + "d49dd484" + "000000000000c350" + "6869",
                HexFormat.of().formatHex(out.toByteArray()));
    }

    @Test
    void aFailure() {
        ByteWriter out = new ByteWriter();

        new Failure(Failure.HANDLER_FAILED, "T", "no").writeTo(out);

        assertEquals("04" + "0000000154" + "000000026e6f", HexFormat.of().formatHex(out.toByteArray()));
    }

    @Test
    void methodNumbersAreFnv1a() {
        // From the test vectors of draft-eastlake-fnv.
        assertEquals(0x811c9dc5, Message.methodId(""));
        assertEquals(0xe40c292c, Message.methodId("a"));
        assertEquals(0xbf9cf968, Message.methodId("foobar"));
    }

    @Test
    void aLongTextOfAFailureIsCut() {
        ByteWriter out = new ByteWriter();

        Failure.ofHandler(new IllegalStateException("é".repeat(100_000))).writeTo(out);

        assertTrue(out.size() < 2000, "size " + out.size());
    }
}
