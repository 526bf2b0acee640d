package io.coterie.rpc.internal.nio.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Frames that wait to be written to one connection, side by side in chunks, so that one write takes
 * many of them.
 */
final class WriteQueue {
    private static final int MAX_CHUNKS_PER_WRITE = 16;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ChunkPool pool;
    private final CRC32C crc = new CRC32C();
    private final Deque<ByteBuffer> full = new ArrayDeque<>();
    private final ByteBuffer[] several;
    private @Nullable ByteBuffer tail;
    private long queued;

    WriteQueue(ChunkPool pool) {
        this.pool = pool;
        this.several = new ByteBuffer[MAX_CHUNKS_PER_WRITE];
        Arrays.fill(several, NOTHING);
    }

    /** How many bytes wait. */
    long queuedBytes() {
        return queued;
    }

    /** Adds a frame; takes the content's remaining bytes and leaves its position as it was. */
    void add(byte type, ByteBuffer content) {
        int position = content.position();
        int frameBytes = content.remaining() + Frame.OVERHEAD_BYTES;
        ByteBuffer chunk = room(1);
        if (frameBytes <= chunk.remaining()) {
            addWhole(chunk, type, content);
        } else {
            addInPieces(type, content);
        }
        content.position(position);
        queued += frameBytes;
    }

    /** The checksum is computed over the copied bytes, which are in the cache of the processor. */
    private void addWhole(ByteBuffer chunk, byte type, ByteBuffer content) {
        chunk.putInt(content.remaining() + 1);
        int body = chunk.position();
        chunk.put(type).put(content);
        int end = chunk.position();
        chunk.limit(end).position(body);
        crc.reset();
        crc.update(chunk);
        chunk.limit(chunk.capacity()).putInt((int) crc.getValue());
    }

    private void addInPieces(byte type, ByteBuffer content) {
        int position = content.position();
        crc.reset();
        crc.update(type);
        crc.update(content);
        content.position(position);

        int limit = content.limit();
        room(Integer.BYTES + 1).putInt(content.remaining() + 1).put(type);
        while (content.position() < limit) {
            ByteBuffer chunk = room(1);
            content.limit(Math.min(limit, content.position() + chunk.remaining()));
            chunk.put(content);
            content.limit(limit);
        }
        room(Integer.BYTES).putInt((int) crc.getValue());
    }

    /** Writes what the channel accepts. Returns whether that was all. */
    boolean writeTo(GatheringByteChannel channel) throws IOException {
        closeTail();
        while (!full.isEmpty()) {
            long written = full.size() == 1 ? channel.write(full.getFirst()) : writeSeveral(channel);
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

    private long writeSeveral(GatheringByteChannel channel) throws IOException {
        int count = 0;
        for (ByteBuffer chunk : full) {
            if (count == several.length) {
                break;
            }
            several[count++] = chunk;
        }
        try {
            return channel.write(several, 0, count);
        } finally {
            // The chunks go back to the pool, and the array must not keep them.
            Arrays.fill(several, NOTHING);
        }
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
