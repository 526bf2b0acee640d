package io.coterie.rpc.internal.nio.connection;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Memory for bytes that wait to be written, shared by a node's connections. A connection with
 * nothing to write holds none.
 */
public final class ChunkPool {
    static final int CHUNK_BYTES = 1 << 16;
    private static final int MAX_KEPT = 64;

    private final Deque<ByteBuffer> free = new ArrayDeque<>();

    ByteBuffer take() {
        ByteBuffer chunk = free.pollLast();
        return chunk != null ? chunk : ByteBuffer.allocateDirect(CHUNK_BYTES);
    }

    void give(ByteBuffer chunk) {
        if (free.size() < MAX_KEPT) {
            free.addLast(chunk.clear());
        }
    }
}
