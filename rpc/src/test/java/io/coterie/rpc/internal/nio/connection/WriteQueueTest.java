package io.coterie.rpc.internal.nio.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import org.junit.jupiter.api.Test;

class WriteQueueTest {
    private final WriteQueue queue = new WriteQueue(new ChunkPool());
    private final Sink sink = new Sink();

    /** Takes bytes until it has no room. */
    private static final class Sink implements GatheringByteChannel {
        final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        int room = Integer.MAX_VALUE;
        int writes;

        @Override
        public int write(ByteBuffer from) {
            return (int) write(new ByteBuffer[] {from});
        }

        @Override
        public long write(ByteBuffer[] from) {
            return write(from, 0, from.length);
        }

        @Override
        public long write(ByteBuffer[] from, int offset, int length) {
            writes++;
            int before = taken.size();
            for (int i = offset; i < offset + length; i++) {
                for (; from[i].hasRemaining() && room > 0; room--) {
                    taken.write(from[i].get());
                }
            }
            return (long) taken.size() - before;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    @Test
    void aFrameMayBeginAndEndAnywhereInAChunk() throws IOException {
        // The second frame finds 0 to 40 bytes left in the chunk, and takes 14.
        for (int left = 0; left <= 40; left++) {
            sink.taken.reset();
            int first = ChunkPool.CHUNK_BYTES - left - Frame.OVERHEAD_BYTES;
            queue.add((byte) 1, content(first));
            ByteBuffer second = content(5);
            queue.add((byte) 2, second);
            assertEquals(5, second.remaining());
            assertEquals(first + 5 + 2 * Frame.OVERHEAD_BYTES, queue.queuedBytes());

            assertTrue(queue.writeTo(sink));

            ReadableByteChannel written = written();
            FrameReader reader = new FrameReader(ChunkPool.CHUNK_BYTES);
            assertFrame(reader, written, (byte) 1, content(first));
            assertFrame(reader, written, (byte) 2, content(5));
            assertFalse(reader.midFrame());
            assertEquals(0, queue.queuedBytes());
        }
    }

    @Test
    void whatATurnBringsGoesOutInOneWrite() throws IOException {
        for (int i = 0; i < 256; i++) {
            queue.add(Frame.MESSAGE, content(1024));
        }

        assertTrue(queue.writeTo(sink));

        assertEquals(1, sink.writes);
        assertEquals(256 * (1024 + Frame.OVERHEAD_BYTES), sink.taken.size());
    }

    @Test
    void whatTheChannelDoesNotTakeWaits() throws IOException {
        queue.add(Frame.MESSAGE, content(200_000));
        while (sink.taken.size() < 100_000) {
            sink.room = 1000;
            assertFalse(queue.writeTo(sink));
            assertEquals(200_000 + Frame.OVERHEAD_BYTES - sink.taken.size(), queue.queuedBytes());
        }
        queue.add(Frame.MESSAGE, content(3));

        sink.room = Integer.MAX_VALUE;

        assertTrue(queue.writeTo(sink));
        ReadableByteChannel written = written();
        FrameReader reader = new FrameReader(200_001);
        assertFrame(reader, written, Frame.MESSAGE, content(200_000));
        assertFrame(reader, written, Frame.MESSAGE, content(3));
    }

    private static void assertFrame(FrameReader reader, ReadableByteChannel written, byte type, ByteBuffer content)
            throws IOException {
        ByteBuffer body = reader.next();
        while (body == null && reader.fill(written) > 0) {
            body = reader.next();
        }
        assertNotNull(body);
        assertEquals(type, body.get());
        assertEquals(content, body);
    }

    private ReadableByteChannel written() {
        return Channels.newChannel(new ByteArrayInputStream(sink.taken.toByteArray()));
    }

    private static ByteBuffer content(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + length);
        }
        return ByteBuffer.wrap(bytes);
    }
}
