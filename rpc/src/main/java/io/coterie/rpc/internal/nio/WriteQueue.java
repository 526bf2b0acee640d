package io.coterie.rpc.internal.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Frames that wait to be written to one connection, side by side in chunks, so that one write takes many of them. */
final class WriteQueue {
    private static final int MOST_CHUNKS_PER_WRITE = 16;

    private final ChunkPool pool;
    private final CRC32C crc = new CRC32C();
    private final Deque<ByteBuffer> full = new ArrayDeque<>();
    private @Nullable ByteBuffer tail;
    private long queued;

    WriteQueue(ChunkPool pool) {
        this.pool = pool;
    }

    /** How many bytes wait. */
    long queuedBytes() {
        return queued;
    }

    /** Adds a frame; takes the content's remaining bytes and leaves its position as it was. */
    void add(byte type, ByteBuffer content) {
        int position = content.position();
        int length = content.remaining();
        crc.reset();
        crc.update(type);
        crc.update(content);
        content.position(position);

        room(Integer.BYTES + 1).putInt(length + 1).put(type);
        int limit = content.limit();
        while (content.position() < limit) {
            ByteBuffer chunk = room(1);
            content.limit(Math.min(limit, content.position() + chunk.remaining()));
            chunk.put(content);
        }
        content.limit(limit).position(position);
        room(Integer.BYTES).putInt((int) crc.getValue());
        queued += length + Frame.OVERHEAD_BYTES;
    }

    /** Writes what the channel takes. Returns whether that was all. */
    boolean writeTo(GatheringByteChannel channel) throws IOException {
        closeTail();
        while (!full.isEmpty()) {
            long written = full.size() == 1 ? channel.write(full.getFirst()) : channel.write(firstChunks());
            queued -= written;
            while (!full.isEmpty() && !full.getFirst().hasRemaining()) {
                pool.give(full.removeFirst());
            }
            if (written == 0) {
                return false;
            }
        }
        return true;
    }

    /** Gives all memory back. */
    void clear() {
        closeTail();
        full.forEach(pool::give);
        full.clear();
        queued = 0;
    }

    private ByteBuffer[] firstChunks() {
        return full.stream().limit(MOST_CHUNKS_PER_WRITE).toArray(ByteBuffer[]::new);
    }

    private ByteBuffer room(int bytes) {
        ByteBuffer chunk = tail;
        if (chunk == null || chunk.remaining() < bytes) {
            closeTail();
            chunk = pool.take();
            tail = chunk;
        }
        return chunk;
    }

    private void closeTail() {
        if (tail != null) {
            full.addLast(tail.flip());
            tail = null;
        }
    }
}
