package io.coterie.rpc.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.rpc.codec.ByteWriter;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FailureTest {
    @Test
    void aFailureIsReadAsItWasWritten() {
        Failure failure =
                new Failure(Failure.HANDLER_FAILED, -1, "java.lang.Error", "nicht möglich: € und \uD83D\uDE00");
        Failure longest = new Failure(Failure.OVERLOADED, 7, "", "€".repeat(500));

        assertEquals(failure, read(failure));
        assertEquals(longest, read(longest));
    }

    @Test
    void controlCharactersOfAPeerForgeNoLinesOfALog() {
        Failure read =
                read(new Failure(Failure.HANDLER_FAILED, -1, "a\r\nb", "x\n2030-01-01 ERROR forged\u001b[2J\u202e"));

        assertEquals("a\\u000d\\u000ab", read.type());
        assertEquals("x\\u000a2030-01-01 ERROR forged\\u001b[2J\\u202e", read.text());
    }

    @Test
    void aTextThatIsTooLongIsCutByWhoWritesIt() {
        Failure cut = read(new Failure(Failure.HANDLER_FAILED, -1, "", "€".repeat(501)));

        assertEquals("€".repeat(500) + "…", cut.text());
    }

    @Test
    void aPeerThatDoesNotCutItIsCutShort() {
        ByteWriter out = new ByteWriter(1 << 20);
        out.putByte(Failure.HANDLER_FAILED)
                .putLong(-1)
                .putBlock("t€".repeat(100_000).getBytes(StandardCharsets.UTF_8))
                .putBlock("x".repeat(400_000).getBytes(StandardCharsets.UTF_8))
                .putByte(9);
        ByteBuffer in = ByteBuffer.wrap(out.toByteArray());

        Failure read = Failure.read(in);

        assertEquals("t€".repeat(250) + "…", read.type());
        assertEquals("x".repeat(500) + "…", read.text());
        assertEquals(1, in.remaining(), "read to its end, and no further");
    }

    @Test
    void aLengthThatIsNotThereIsNotBelieved() {
        for (int length : new int[] {-1, 5, Integer.MAX_VALUE}) {
            ByteBuffer in = ByteBuffer.allocate(17);
            in.put(Failure.OVERLOADED).putLong(-1).putInt(length).putInt(0).flip();

            assertThrows(BufferUnderflowException.class, () -> Failure.read(in), "length " + length);
        }
    }

    private static Failure read(Failure failure) {
        ByteWriter out = new ByteWriter(1 << 20);
        failure.writeTo(out);
        return Failure.read(ByteBuffer.wrap(out.toByteArray()));
    }
}
