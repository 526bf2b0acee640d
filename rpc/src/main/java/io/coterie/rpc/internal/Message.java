package io.coterie.rpc.internal;

import io.coterie.rpc.ByteWriter;
import java.nio.charset.StandardCharsets;

/**
 * The layout of a message: kind (1 byte), correlation id (8), method id (4), the caller's remaining time in microseconds
 * (8, zero where nobody waits), payload.
 */
final class Message {
    static final byte REQUEST = 1;
    static final byte REPLY = 2;
    static final byte FAILURE = 3;
    static final byte TELL = 4;

    /** Bytes before the payload. */
    static final int HEADER_BYTES = 21;

    private Message() {}

    static void begin(ByteWriter out, byte kind, long correlation, int methodId, long remainingMicros) {
        out.clear().putByte(kind).putLong(correlation).putInt(methodId).putLong(remainingMicros);
    }

    /** The method's number on the wire: FNV-1a over the UTF-8 bytes of its name. */
    static int methodId(String name) {
        int hash = 0x811C9DC5;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xFF)) * 0x01000193;
        }
        return hash;
    }
}
