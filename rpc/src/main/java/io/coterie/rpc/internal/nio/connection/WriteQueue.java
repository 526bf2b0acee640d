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
 * many of them. Urgent frames are written as soon as the frame has ended that is being written.
 */
final class WriteQueue {
    private static final int MAX_CHUNKS_PER_WRITE = 16;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ChunkPool pool;
    private final CRC32C crc = new CRC32C();
    private final Deque<Chunk> full = new ArrayDeque<>();
    private final ByteBuffer[] several;
    private @Nullable Chunk tail;

    /** Null while no urgent frame waits. */
    private @Nullable Chunk urgent;

    private long queued;

    /** How many of the queued bytes no urgent frame may overtake. */
    private long inOrder;

    WriteQueue(ChunkPool pool) {
        this.pool = pool;
        this.several = new ByteBuffer[MAX_CHUNKS_PER_WRITE];
        Arrays.fill(several, NOTHING);
    }

    /** How many bytes wait. */
    long queuedBytes() {
        Chunk first = urgent;
        return first == null ? queued : queued + first.bytes.position();
    }

    /** Adds a frame; takes the content's remaining bytes and leaves its position as it was. */
    void add(byte type, ByteBuffer content) {
        int position = content.position();
        int frameBytes = content.remaining() + Frame.OVERHEAD_BYTES;
        Chunk chunk = room(1);
        if (frameBytes <= chunk.bytes.remaining()) {
            addWhole(chunk, type, content);
        } else {
            addInPieces(type, content);
        }
        content.position(position);
        queued += frameBytes;
    }

    /**
     * Adds a short frame that is written before those that wait, but for the rest of one. Where less
     * than a chunk waits, it waits for that, which is as good. Returns whether there was room for
     * it: a chunk for all urgent frames.
     */
    boolean addUrgent(byte type, ByteBuffer content) {
        Chunk first = urgent;
        if (first == null) {
            if (full.isEmpty()) {
                add(type, content);
                // Nor does a later urgent frame overtake this one.
                keepOrder();
                return true;
            }
            first = pool.take();
            urgent = first;
        }
        if (content.remaining() + Frame.OVERHEAD_BYTES > first.bytes.remaining()) {
            return false;
        }
        int position = content.position();
        addWhole(first, type, content);
        content.position(position);
        return true;
    }

    /** What waits now must be written before all that is added later, urgent or not. */
    void keepOrder() {
        inOrder = queued;
    }

    /** The checksum is computed over the copied bytes, which are in the cache of the processor. */
    private void addWhole(Chunk to, byte type, ByteBuffer content) {
        to.frameBegins();
        ByteBuffer chunk = to.bytes;
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
        Chunk first = room(Integer.BYTES + 1);
        first.frameBegins();
        first.bytes.putInt(content.remaining() + 1).put(type);
        while (content.position() < limit) {
            ByteBuffer chunk = room(1).bytes;
            content.limit(Math.min(limit, content.position() + chunk.remaining()));
            chunk.put(content);
            content.limit(limit);
        }
        room(Integer.BYTES).bytes.putInt((int) crc.getValue());
    }

    /** Writes what the channel accepts. Returns whether that was all. */
    boolean writeTo(GatheringByteChannel channel) throws IOException {
        closeTail();
        if (urgent != null && !writeUrgent(urgent, channel)) {
            return false;
        }
        while (!full.isEmpty()) {
            long written = full.size() == 1 ? channel.write(full.getFirst().bytes) : writeSeveral(channel);
            written(written);
            if (written == 0) {
                return false;
            }
        }
        return true;
    }

    /** Writes the rest of a frame, and all urgent ones. Returns whether the channel accepted that. */
    private boolean writeUrgent(Chunk first, GatheringByteChannel channel) throws IOException {
        for (long before = bytesToFrame(); before > 0; before = bytesToFrame()) {
            ByteBuffer chunk = full.getFirst().bytes;
            int limit = chunk.limit();
            chunk.limit((int) Math.min(limit, chunk.position() + before));
            int written;
            try {
                written = channel.write(chunk);
            } finally {
                chunk.limit(limit);
            }
            written(written);
            if (written == 0) {
                return false;
            }
        }
        first.bytes.flip();
        try {
            channel.write(first.bytes);
        } finally {
            first.bytes.compact();
        }
        if (first.bytes.position() > 0) {
            return false;
        }
        urgent = null;
        pool.give(first);
        return true;
    }

    /** How many bytes must be written before an urgent frame may be. */
    private long bytesToFrame() {
        if (inOrder > 0) {
            return inOrder;
        }
        long bytes = 0;
        for (Chunk chunk : full) {
            int toFrame = chunk.bytesToFrame();
            bytes += toFrame;
            if (toFrame < chunk.bytes.remaining()) {
                break;
            }
        }
        return bytes;
    }

    private void written(long bytes) {
        queued -= bytes;
        inOrder = Math.max(0, inOrder - bytes);
        while (!full.isEmpty() && !full.getFirst().bytes.hasRemaining()) {
            pool.give(full.removeFirst());
        }
    }

    /** Gives all memory back. */
    void clear() {
        closeTail();
        full.forEach(pool::give);
        full.clear();
        if (urgent != null) {
            pool.give(urgent);
            urgent = null;
        }
        queued = 0;
        inOrder = 0;
    }

    private long writeSeveral(GatheringByteChannel channel) throws IOException {
        int count = 0;
        for (Chunk chunk : full) {
            if (count == several.length) {
                break;
            }
            several[count++] = chunk.bytes;
        }
        try {
            return channel.write(several, 0, count);
        } finally {
            // The chunks go back to the pool, and the array must not keep them.
            Arrays.fill(several, NOTHING);
        }
    }

    private Chunk room(int bytes) {
        Chunk chunk = tail;
        if (chunk == null || chunk.bytes.remaining() < bytes) {
            closeTail();
            chunk = pool.take();
            tail = chunk;
        }
        return chunk;
    }

    private void closeTail() {
        Chunk chunk = tail;
        if (chunk != null) {
            chunk.bytes.flip();
            full.addLast(chunk);
            tail = null;
        }
    }
}
