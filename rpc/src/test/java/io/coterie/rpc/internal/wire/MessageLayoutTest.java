package io.coterie.rpc.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Layouts;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.CodedFailure;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is on the wire may not change by accident: other versions read it. */
class MessageLayoutTest {
    private static final long CORRELATION = 0x0102030405060708L;

    private final ByteWriter out = new ByteWriter();

    @Test
    void aRequest() {
        Message.putRequest(out, Message.REQUEST, CORRELATION, Message.methodId("echo"), 0x0A0B0C0D, 50_000);

        assertEquals("01" + "0102030405060708" + "d49dd484" + "0a0b0c0d" + "000000000000c350", hex());
    }

    @Test
    void aRequestThatIsExecutedOnce() {
        Message.putRequest(out, Message.REQUEST_ONCE, CORRELATION, 5, 6, 7);
        Message.putCallId(out, 0x1122334455667788L, 0x99L, 3, 2);

        assertEquals(
                "06" + "0102030405060708" + "00000005" + "00000006" + "0000000000000007" + "1122334455667788"
                        + "0000000000000099" + "0000000000000003" + "0000000000000002",
                hex());
        assertEquals(Message.MAX_HEADER_BYTES, out.size());
    }

    @Test
    void anAnswer() {
        Message.putAnswer(out, Message.REPLY, CORRELATION);

        assertEquals("02" + "0102030405060708", hex());
    }

    @Test
    void aFailure() {
        Message.putAnswer(out, Message.FAILURE, CORRELATION);
        new Failure(Failure.HANDLER_FAILED, -1, "T", "no").writeTo(out);

        assertEquals("03" + "0102030405060708" + "04" + "ffffffffffffffff" + "0000000154" + "000000026e6f", hex());
    }

    @Test
    void aFailureWithACodeTravelsWithoutItsClass() {
        Failure.ofAnswer(new Coded(0xFE)).writeTo(out);

        assertEquals("04" + "00000000000000fe" + "00000000" + "000000026e6f", hex());
        Failure expected = new Failure(Failure.HANDLER_FAILED, 0xFE, "", "no");
        assertEquals(expected, Failure.read(out.view()));
        assertEquals(expected, Failure.read(out.putByte(0).view()), "a later version may append");
    }

    @Test
    void aCodeThatIsNoneTravelsAsAnyOtherFailure() {
        for (int none : new int[] {0, -1, 256}) {
            Failure failure = Failure.ofAnswer(new Coded(none));

            assertEquals(-1, failure.number());
            assertEquals(Coded.class.getName(), failure.type());
        }
    }

    @Test
    void aRefusalThatReportsWhenToTryAgain() {
        Failure.overloaded("", 2_000_000).writeTo(out);

        assertEquals("03" + "00000000000007d0" + "00000000" + "00000000", hex());
    }

    @Test
    void aRequestThatHasNoAnswer() {
        Message.putTell(out, 5, 6);

        assertEquals("04" + "00000005" + "00000006", hex());
    }

    @Test
    void aCancellation() {
        Message.putAnswer(out, Message.CANCEL, CORRELATION);

        assertEquals("05" + "0102030405060708", hex());
    }

    @Test
    void aSignatureIsOfBothCodecsAndOfNoneWhereOneHasNoName() {
        int signature = Message.signature(method(Codec.utf8(), Codec.int64()));

        assertEquals(0x80c52cc5, signature);
        assertNotEquals(signature, Message.signature(method(Codec.int64(), Codec.utf8())));
        assertEquals(0, Message.signature(method(Codec.utf8(), new NamelessCodec())));
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
        Failure.ofHandler(new IllegalStateException("é".repeat(100_000))).writeTo(out);

        assertTrue(out.size() < 2000, "size " + out.size());
    }

    @Test
    void kindsOfMessages() {
        Layouts.assertCodes(
                Map.of(
                        1, Message.REQUEST,
                        2, Message.REPLY,
                        3, Message.FAILURE,
                        4, Message.TELL,
                        5, Message.CANCEL,
                        6, Message.REQUEST_ONCE),
                Message.class);
    }

    @Test
    void codesOfFailures() {
        Layouts.assertCodes(
                Map.of(
                        1, Failure.UNKNOWN_METHOD,
                        2, Failure.MALFORMED_REQUEST,
                        3, Failure.OVERLOADED,
                        4, Failure.HANDLER_FAILED,
                        5, Failure.REPLY_TOO_LARGE,
                        6, Failure.OTHER_CODECS,
                        7, Failure.OTHER_SESSION,
                        8, Failure.FORGOTTEN,
                        9, Failure.NOT_PERMITTED),
                Failure.class);
    }

    private String hex() {
        return HexFormat.of().formatHex(out.toByteArray());
    }

    private static RpcMethod<?, ?> method(Codec<?> request, Codec<?> response) {
        return new RpcMethod<>("m", request, response, true);
    }

    private static final class Coded extends RuntimeException implements CodedFailure {
        private static final long serialVersionUID = 1L;

        private final int code;

        Coded(int code) {
            super("no");
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    private static final class NamelessCodec implements Codec<String> {
        @Override
        public void encode(String value, ByteWriter writer) {}

        @Override
        public String decode(ByteBuffer in) {
            return "";
        }
    }
}
