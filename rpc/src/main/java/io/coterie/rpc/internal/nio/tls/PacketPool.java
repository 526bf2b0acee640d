package io.coterie.rpc.internal.nio.tls;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Memory for TLS records between socket and engine, shared by a node's connections. An idle
 * connection holds none. It is on the heap, because the engine works on arrays, and copies other
 * memory piece by piece.
 */
final class PacketPool {
    /** Room for three of the largest records. */
    static final int PACKET_BYTES = 1 << 16;

    /** The buffer of an idle connection. */
    static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private static final int MAX_KEPT = 16;

    private final Deque<ByteBuffer> free = new ArrayDeque<>();

    ByteBuffer take() {
        ByteBuffer packet = free.pollLast();
        return packet != null ? packet : ByteBuffer.allocate(PACKET_BYTES);
    }

    /** Takes a buffer back; drops one of another size. */
    void give(ByteBuffer packet) {
        if (packet.capacity() == PACKET_BYTES && free.size() < MAX_KEPT) {
            free.addLast(packet.clear());
        }
    }
}
