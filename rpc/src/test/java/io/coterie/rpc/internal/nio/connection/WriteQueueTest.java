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
import java.util.SplittableRandom;
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

    @Test
    void anUrgentFrameWaitsForTheEndOfOneFrameAtMost() throws IOException {
        for (int i = 0; i < 16; i++) {
            queue.add(Frame.MESSAGE, content(1 << 20));
        }
        sink.room = 100;
        assertFalse(queue.writeTo(sink));

        assertTrue(queue.addUrgent(Frame.PING, content(0)));
        sink.room = Integer.MAX_VALUE;
        assertTrue(queue.writeTo(sink));

        FrameReader reader = new FrameReader((1 << 20) + 1);
        ReadableByteChannel written = written();
        assertFrame(reader, written, Frame.MESSAGE, content(1 << 20));
        assertFrame(reader, written, Frame.PING, content(0));
        assertFrame(reader, written, Frame.MESSAGE, content(1 << 20));
        assertEquals(0, queue.queuedBytes());
    }

    /** Whatever the sizes are, and however few bytes the channel takes at a time. */
    @Test
    void urgentFramesBreakNoFrameAndNoOrder() throws IOException {
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            WriteQueue mixed = new WriteQueue(new ChunkPool());
            Sink slow = new Sink();
            int frames = 0;
            int urgent = 0;
            for (int step = 0; step < 300; step++) {
                switch (random.nextInt(4)) {
                    case 0 -> mixed.add((byte) (20 + frames++ % 50), content(random.nextInt(100)));
                    case 1 -> mixed.add((byte) (20 + frames++ % 50), content(random.nextInt(150_000)));
                    case 2 -> {
                        if (mixed.addUrgent((byte) (70 + urgent % 50), content(random.nextInt(2_000)))) {
                            urgent++;
                        }
                    }
                    default -> {
                        slow.room = random.nextInt(100_000);
                        mixed.writeTo(slow);
                    }
                }
            }
            slow.room = Integer.MAX_VALUE;
            assertTrue(mixed.writeTo(slow));
            assertEquals(0, mixed.queuedBytes());
            assertInOrder(slow.taken.toByteArray(), frames, urgent);
        }
    }

    @Test
    void noUrgentFrameOvertakesWhatMustBeKeptInOrder() throws IOException {
        queue.add(Frame.WELCOME, content(100_000));
        queue.add(Frame.WELCOME, content(7));
        queue.keepOrder();
        queue.add(Frame.MESSAGE, content(100_000));
        sink.room = 10;
        assertFalse(queue.writeTo(sink));
        assertTrue(queue.addUrgent(Frame.PING, content(0)));
        sink.room = Integer.MAX_VALUE;
        assertTrue(queue.writeTo(sink));

        FrameReader reader = new FrameReader(100_001);
        ReadableByteChannel written = written();
        assertFrame(reader, written, Frame.WELCOME, content(100_000));
        assertFrame(reader, written, Frame.WELCOME, content(7));
        assertFrame(reader, written, Frame.PING, content(0));
        assertFrame(reader, written, Frame.MESSAGE, content(100_000));
    }

    @Test
    void urgentFramesHaveOneChunkOfRoom() throws IOException {
        queue.add(Frame.MESSAGE, content(200_000));
        int taken = 0;
        while (taken < 1_000 && queue.addUrgent(Frame.MESSAGE, content(1_000))) {
            taken++;
        }
        assertEquals(ChunkPool.CHUNK_BYTES / (1_000 + Frame.OVERHEAD_BYTES), taken);
        assertTrue(queue.writeTo(sink));
        assertEquals(0, queue.queuedBytes());
    }

    private static void assertInOrder(byte[] bytes, int frames, int urgent) throws IOException {
        ReadableByteChannel written = Channels.newChannel(new ByteArrayInputStream(bytes));
        FrameReader reader = new FrameReader(150_001);
        int nextFrame = 0;
        int nextUrgent = 0;
        while (nextFrame < frames || nextUrgent < urgent) {
            ByteBuffer body = reader.next();
            while (body == null && reader.fill(written) > 0) {
                body = reader.next();
            }
            assertNotNull(body);
            byte type = body.get();
            assertEquals(type < 70 ? 20 + nextFrame++ % 50 : 70 + nextUrgent++ % 50, type);
        }
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
