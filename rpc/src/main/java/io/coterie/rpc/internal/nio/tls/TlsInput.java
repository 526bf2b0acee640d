package io.coterie.rpc.internal.nio.tls;

import io.coterie.rpc.internal.nio.connection.ModeMismatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.Status;

/** TLS records that come from a socket: type (1 byte), version (2), length (2), content. */
final class TlsInput {
    private static final int HEADER_BYTES = 5;

    /** The largest content that TLS 1.3 allows, encrypted. */
    private static final int MAX_CONTENT = (1 << 14) + 256;

    private static final int FIRST_TYPE = 20;
    private static final int LAST_TYPE = 24;
    private static final int VERSION = 3;

    /** Enough for most handshakes, so that an unauthenticated peer costs little memory. */
    private static final int SMALL_BYTES = 1 << 11;

    private final SocketChannel channel;
    private final PacketPool packets;

    /** Bytes that came and are not decrypted yet. */
    private ByteBuffer records = PacketPool.NONE;

    /** Bytes that were decrypted and did not fit into the target. */
    private ByteBuffer plain = PacketPool.NONE;

    private boolean begun;

    TlsInput(SocketChannel channel, PacketPool packets) {
        this.channel = channel;
        this.packets = packets;
    }

    /** Whether there is a whole record. Checks its length before it trusts it. */
    boolean hasRecord() throws TlsException {
        if (!records.hasRemaining()) {
            return false;
        }
        check();
        return records.remaining() >= HEADER_BYTES && records.remaining() >= recordBytes();
    }

    /** Whether the first byte is that of a frame without TLS. */
    boolean beginsPlain() {
        return !begun && records.hasRemaining() && records.get(records.position()) == 0;
    }

    boolean hasPlain() {
        return plain.hasRemaining();
    }

    /**
     * Reads once from the socket. Called only if there is no whole record.
     *
     * @param much whether to take memory for many records
     * @return the number of bytes, or -1 at the end
     */
    int fill(boolean much) throws IOException {
        makeRoom(much);
        int count;
        try {
            count = channel.read(records);
        } finally {
            records.flip();
        }
        if (!records.hasRemaining()) {
            giveRecords();
        }
        return count;
    }

    /** Decrypts one record, which must be there. */
    SSLEngineResult unwrap(SSLEngine engine, ByteBuffer target) throws IOException {
        SSLEngineResult result = engine.unwrap(records, target);
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
            plain = packets.take();
            result = engine.unwrap(records, plain);
            plain.flip();
            movePlain(target);
        }
        begun = true;
        if (!records.hasRemaining()) {
            giveRecords();
        }
        return result;
    }

    void movePlain(ByteBuffer target) {
        if (plain.capacity() > 0) {
            int count = Math.min(plain.remaining(), target.remaining());
            target.put(plain.slice().limit(count));
            plain.position(plain.position() + count);
            if (!plain.hasRemaining()) {
                packets.give(plain);
                plain = PacketPool.NONE;
            }
        }
    }

    /** Drops what is at the socket now, up to a bound. */
    void skip() throws IOException {
        giveRecords();
        records = packets.take();
        channel.read(records);
        giveRecords();
    }

    /** Gives all memory back. */
    void clear() {
        giveRecords();
        packets.give(plain);
        plain = PacketPool.NONE;
    }

    private void giveRecords() {
        packets.give(records);
        records = PacketPool.NONE;
    }

    private int recordBytes() {
        return HEADER_BYTES + (records.getShort(records.position() + 3) & 0xFFFF);
    }

    private void makeRoom(boolean much) {
        int needed = records.remaining() < HEADER_BYTES ? SMALL_BYTES : Math.max(SMALL_BYTES, recordBytes());
        if (much ? records.capacity() == PacketPool.PACKET_BYTES : records.capacity() >= needed) {
            records.compact();
            return;
        }
        ByteBuffer larger = much ? packets.take() : ByteBuffer.allocate(needed);
        records = larger.put(records);
    }

    private void check() throws TlsException {
        int start = records.position();
        int type = records.get(start);
        if (type < FIRST_TYPE || type > LAST_TYPE || (records.remaining() > 1 && records.get(start + 1) != VERSION)) {
            throw new TlsException(
                    beginsPlain()
                            ? "it does not speak TLS, but this node does; " + ModeMismatch.REMEDY
                            : "it sent bytes that are not a TLS record");
        }
        if (records.remaining() >= HEADER_BYTES && recordBytes() > HEADER_BYTES + MAX_CONTENT) {
            throw new TlsException("it sent a TLS record of " + recordBytes() + " bytes, where "
                    + (HEADER_BYTES + MAX_CONTENT) + " are allowed");
        }
    }
}
