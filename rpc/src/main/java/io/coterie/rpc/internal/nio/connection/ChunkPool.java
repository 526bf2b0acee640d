package io.coterie.rpc.internal.nio.connection;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Memory for bytes that wait to be written, shared by a node's connections. A connection with
 * nothing to write holds none.
 */
public final class ChunkPool {
    static final int CHUNK_BYTES = 1 << 16;
    private static final int MAX_KEPT = 64;

    private final Deque<Chunk> free = new ArrayDeque<>();

    Chunk take() {
        Chunk chunk = free.pollLast();
        return chunk != null ? chunk : new Chunk(CHUNK_BYTES);
    }

    void give(Chunk chunk) {
        if (free.size() < MAX_KEPT) {
            free.addLast(chunk.clear());
        }
    }
}
