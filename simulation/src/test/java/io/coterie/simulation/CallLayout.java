package io.coterie.simulation;

import java.nio.ByteBuffer;

/** The places of fields in the messages of calls: the wire's layout, written down a second time. */
final class CallLayout {
    static final byte REQUEST = 1;
    static final byte REPLY = 2;
    static final byte FAILURE = 3;
    static final byte REQUEST_ONCE = 6;

    static final byte OTHER_SESSION = 7;

    static final int CORRELATION = 1;
    static final int FAILURE_CODE = 9;
    static final int FAILURE_NUMBER = 10;
    static final int REPLY_PAYLOAD = 9;

    /**
     * Where the payload of a plain request begins, or the identity of one that must not run twice.
     */
    static final int START_ID = 25;

    static final int SESSION = 33;
    static final int SEQUENCE = 41;
    static final int ONCE_PAYLOAD = 57;

    private CallLayout() {}

    static byte kind(ByteBuffer message) {
        return message.get(message.position());
    }

    static long longAt(ByteBuffer message, int offset) {
        return message.getLong(message.position() + offset);
    }

    static void putLong(ByteBuffer message, int offset, long value) {
        message.putLong(message.position() + offset, value);
    }

    static boolean isFailure(ByteBuffer message, byte code) {
        return kind(message) == FAILURE && message.get(message.position() + FAILURE_CODE) == code;
    }
}
