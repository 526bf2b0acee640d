package io.coterie.rpc.internal.nio.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** TLS records that wait for a socket. One write takes several of them. */
final class TlsOutput {
    private final SocketChannel channel;
    private final PacketPool packets;

    /** The bytes that wait for the socket, with room behind them. */
    private ByteBuffer packet = PacketPool.NONE;

    TlsOutput(SocketChannel channel, PacketPool packets) {
        this.channel = channel;
        this.packets = packets;
    }

    /** The buffer for new records; see {@link #hasRoom}. */
    ByteBuffer packet() {
        return packet;
    }

    /** Whether there is room for a record of so many bytes. */
    boolean hasRoom(int bytes) {
        if (packet.capacity() == 0) {
            packet = packets.take();
        }
        return packet.remaining() >= bytes;
    }

    /** Whether bytes wait because the socket did not accept them. */
    boolean blocked() {
        return packet.position() > 0;
    }

    /** Writes what the socket accepts. Returns whether that was all. */
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
