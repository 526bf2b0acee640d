package io.coterie.rpc.internal.nio.connection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is on the wire may not change by accident: other versions read it. */
class FrameLayoutTest {
    @Test
    void aFrame() throws IOException {
        WriteQueue queue = new WriteQueue(new ChunkPool());

        // The check value of CRC-32C is 0xe3069283, over these nine digits; the first is the type
        // here.
        queue.add((byte) '1', ByteBuffer.wrap("23456789".getBytes(StandardCharsets.US_ASCII)));

        assertEquals("00000009" + "313233343536373839" + "e3069283", hex(WrittenFrames.written(queue)));
    }

    @Test
    void framesWithoutContent() throws IOException {
        assertEquals("00000001" + "05" + "678c474d", hex(WrittenFrames.frame(Frame.PING, out -> {})));
        assertEquals("00000001" + "06" + "74dcb4b9", hex(WrittenFrames.frame(Frame.PONG, out -> {})));
        assertEquals("00000001" + "09" + "2acf889d", hex(WrittenFrames.frame(Frame.GOAWAY, out -> {})));
    }

    @Test
    void theTextOfARefusalCannotPlayTricksWithALog() throws IOException {
        ByteBuffer in = ByteBuffer.wrap(new byte[] {1, 4, 'a', '\n', 27, (byte) 0xC3});

        assertEquals("a???", Refusal.read(in).text());
    }

    @Test
    void framesOfAnySizeComeOutAsTheyWentInHoweverTheyAreCut() throws IOException {
        Random random = new Random(3);
        WriteQueue queue = new WriteQueue(new ChunkPool());
        byte[][] contents = new byte[200][];
        for (int i = 0; i < contents.length; i++) {
            contents[i] = new byte[random.nextInt(i % 20 == 0 ? 200_000 : 300)];
            random.nextBytes(contents[i]);
            queue.add(Frame.MESSAGE, ByteBuffer.wrap(contents[i]));
        }
        byte[] wire = WrittenFrames.written(queue);
        assertEquals(0, queue.queuedBytes());

        FrameReader reader = new FrameReader(200_001);
        ReadableByteChannel channel = inPieces(wire, random);
        int frames = 0;
        while (reader.fill(channel) >= 0) {
            for (ByteBuffer body = reader.next(); body != null; body = reader.next()) {
                assertEquals(Frame.MESSAGE, body.get());
                byte[] content = new byte[body.remaining()];
                body.get(content);
                assertArrayEquals(contents[frames++], content);
            }
        }
        assertEquals(contents.length, frames);
        assertNull(reader.next());
    }

    private static ReadableByteChannel inPieces(byte[] bytes, Random random) {
        ReadableByteChannel whole = Channels.newChannel(new ByteArrayInputStream(bytes));
        return new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer into) throws IOException {
                int limit = into.limit();
                into.limit(into.position() + Math.min(into.remaining(), 1 + random.nextInt(5000)));
                int count = whole.read(into);
                into.limit(limit);
                return count;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
