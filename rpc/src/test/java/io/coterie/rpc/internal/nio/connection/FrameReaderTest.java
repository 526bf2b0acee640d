package io.coterie.rpc.internal.nio.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.internal.nio.Measured;
import io.coterie.rpc.internal.nio.handshake.Intruder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private final FrameReader reader = new FrameReader(Frame.MAX_HANDSHAKE_BODY);
    private int reads;

    @Test
    void oneThatHasNotProvenWhoItIsGetsLittleMemoryHoweverMuchItSends() throws IOException, FrameException {
        assertEquals(0, reader.capacity());

        assertEquals(5_000, countFrames(frames(5_000, 100)));
        assertEquals(FrameReader.FIRST_BYTES, reader.capacity());

        assertEquals(500, countFrames(frames(500, Frame.MAX_HANDSHAKE_BODY)));
        assertEquals(Frame.MAX_HANDSHAKE_BODY + 8, reader.capacity());
    }

    @Test
    void whatIsReadAtOnceGrowsWhileReadsFillItUpToABound() throws IOException, FrameException {
        reader.allow(1 << 20);

        assertEquals(20_000, countFrames(frames(20_000, 100)));

        assertEquals(FrameReader.MAX_AT_ONCE, reader.capacity());
        assertTrue(reads < 20, reads + " reads");
    }

    @Test
    void aConnectionWithLittleToSendKeepsLittleMemory() throws IOException, FrameException {
        reader.allow(1 << 20);

        for (int i = 0; i < 200; i++) {
            read(300);
        }

        assertEquals(FrameReader.FIRST_BYTES, reader.capacity());
    }

    @Test
    void theMemoryOfALargeFrameIsReleasedAfterManySmallOnes() throws IOException, FrameException {
        reader.allow(1 << 20);
        read(500_000);
        assertTrue(reader.capacity() >= 500_000);

        for (int i = 0; i < 101; i++) {
            read(10);
        }

        assertEquals(FrameReader.SHRUNK_BYTES, reader.capacity());
        read(300_000);
    }

    @Test
    void anUnauthenticatedPeerTakesNoDirectMemoryWhateverItSends() throws IOException, FrameException {
        long before = Measured.directBytes();
        List<FrameReader> readers = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            FrameReader reader = new FrameReader(Frame.MAX_HANDSHAKE_BODY);
            assertEquals(0, reader.capacity());
            byte[] much = frames(1, Frame.MAX_HANDSHAKE_BODY);
            try (ReadableByteChannel channel = Channels.newChannel(new ByteArrayInputStream(much))) {
                while (reader.next() == null && reader.fill(channel) > 0) {
                    assertTrue(reader.capacity() <= Frame.MAX_HANDSHAKE_BODY + 8);
                }
            }
            readers.add(reader);
        }

        assertEquals(Frame.MAX_HANDSHAKE_BODY + 8, readers.get(0).capacity());
        long taken = Measured.directBytes() - before;
        assertTrue(taken < 1_000_000, () -> taken + " bytes of direct memory for 1000 unauthenticated peers");
    }

    @Test
    void whatCameRightBehindTheHandshakeIsKept() throws IOException {
        FrameReader reader = new FrameReader(Frame.MAX_HANDSHAKE_BODY);
        byte[] last = Intruder.frame(Frame.HELLO, new byte[400]);
        byte[] first = Intruder.frame(Frame.MESSAGE, new byte[5000]);
        byte[] both = new ByteWriter().putBytes(last).putBytes(first).toByteArray();
        try (ReadableByteChannel channel = Channels.newChannel(new ByteArrayInputStream(both))) {
            reader.fill(channel);
            ByteBuffer hello = reader.next();
            assertEquals(401, hello == null ? 0 : hello.remaining());

            reader.allow(10_000);

            ByteBuffer message = reader.next();
            while (message == null && reader.fill(channel) > 0) {
                message = reader.next();
            }
            assertEquals(5001, message == null ? 0 : message.remaining());
            assertEquals(401, hello == null ? 0 : hello.remaining());
        }
    }

    private void read(int length) throws IOException, FrameException {
        try (ReadableByteChannel channel = Channels.newChannel(new ByteArrayInputStream(frames(1, length)))) {
            ByteBuffer found = null;
            while (found == null && reader.fill(channel) > 0) {
                found = reader.next();
            }
            assertEquals(ByteBuffer.wrap(body(length)), found);
        }
    }

    private int countFrames(byte[] bytes) throws IOException, FrameException {
        int found = 0;
        try (ReadableByteChannel channel = Channels.newChannel(new ByteArrayInputStream(bytes))) {
            while (reader.fill(channel) > 0) {
                reads++;
                for (ByteBuffer body = reader.next(); body != null; body = reader.next()) {
                    found++;
                }
            }
        }
        return found;
    }

    private static byte[] body(int length) {
        byte[] body = new byte[length];
        body[length - 1] = 7;
        return body;
    }

    private static byte[] frames(int count, int length) {
        byte[] body = body(length);
        CRC32C crc = new CRC32C();
        crc.update(body);
        ByteBuffer frames = ByteBuffer.allocate(count * (length + 8));
        while (frames.hasRemaining()) {
            frames.putInt(length).put(body).putInt((int) crc.getValue());
        }
        return frames.array();
    }
}
