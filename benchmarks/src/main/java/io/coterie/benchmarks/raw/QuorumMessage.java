package io.coterie.benchmarks.raw;

import io.coterie.benchmarks.tested.Keys;
import java.nio.ByteBuffer;

/**
 * The layout of the messages between a {@link QuorumStore} and its {@link QuorumServer}s. A request
 * has the length of what follows (4 bytes), its kind (1), its number (8), the key (16) and, for a
 * put, the value. An answer has its length, its number and, for a get, the value if there is one.
 */
final class QuorumMessage {
    static final byte PUT = 1;
    static final byte GET = 2;

    /** The bytes of a request before its value, without the length. */
    static final int REQUEST_BYTES = 1 + Long.BYTES + Keys.KEY_BYTES;

    private QuorumMessage() {}

    /** A key of 16 bytes. */
    record Key(long high, long low) {
        static Key of(byte[] bytes) {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            return new Key(in.getLong(), in.getLong());
        }

        static Key read(ByteBuffer in) {
            return new Key(in.getLong(), in.getLong());
        }
    }

    static void putRequest(ByteBuffer out, byte kind, long number, Key key, byte[] value) {
        out.putInt(REQUEST_BYTES + value.length)
                .put(kind)
                .putLong(number)
                .putLong(key.high())
                .putLong(key.low())
                .put(value);
    }

    static void putAnswer(ByteBuffer out, long number, byte[] value) {
        out.putInt(Long.BYTES + value.length).putLong(number).put(value);
    }

    /** Whether a whole message has arrived, with its length. */
    static boolean isWhole(ByteBuffer in) {
        return in.remaining() >= Integer.BYTES && in.remaining() - Integer.BYTES >= in.getInt(in.position());
    }
}
