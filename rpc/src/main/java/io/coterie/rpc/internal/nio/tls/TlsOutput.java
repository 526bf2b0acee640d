package io.coterie.rpc.internal.nio.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** TLS records on their way to a socket: several of them go in one write. */
final class TlsOutput {
    private final SocketChannel channel;
    private final PacketPool packets;

    /** What waits for the socket, with room behind it. */
    private ByteBuffer packet = PacketPool.NONE;

    TlsOutput(SocketChannel channel, PacketPool packets) {
        this.channel = channel;
        this.packets = packets;
    }

    /** Where records go; see {@link #hasRoom}. */
    ByteBuffer packet() {
        return packet;
    }

    /** Whether a record of so many bytes finds room. */
    boolean hasRoom(int bytes) {
        if (packet.capacity() == 0) {
            packet = packets.take();
        }
        return packet.remaining() >= bytes;
    }

    /** Whether the socket did not take all of it. */
    boolean blocked() {
        return packet.position() > 0;
    }

    /** Writes what the socket takes. Returns whether that was all. */
    boolean flush() throws IOException {
        if (packet.position() > 0) {
            packet.flip();
            try {
                channel.write(packet);
            } finally {
                packet.compact();
            }
        }
        if (packet.position() > 0) {
            return false;
        }
        clear();
        return true;
    }

    /** Gives all memory back. */
    void clear() {
        packets.give(packet);
        packet = PacketPool.NONE;
    }
}
