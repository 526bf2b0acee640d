package io.coterie.rpc.internal.nio.tls;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Memory for TLS records on their way between socket and engine, shared by a node's connections: one that is idle holds none.
 * On the heap, because the engine works on arrays and copies what is elsewhere piece by piece.
 */
final class PacketPool {
    /** Room for three of the largest records. */
    static final int PACKET_BYTES = 1 << 16;

    /** What a connection holds that is idle. */
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
