package io.coterie.replication.internal.wire;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** A value that follows its length, as one of many in a message. */
public final class Sized {
    private Sized() {}

    /** Writes the length of a value before it, so that its codec reads no further. */
    public static <T> void put(Codec<T> codec, T value, ByteWriter out) {
        int start = out.putInt(0).size();
        codec.encode(value, out);
        out.setInt(start - Integer.BYTES, out.size() - start);
    }

    /** Reads what {@link #put} wrote. */
    static <T> T read(Codec<T> codec, ByteBuffer in) {
        int limit = in.limit();
        int end = end(in);
        in.limit(end);
        T value = codec.decode(in);
        in.limit(limit).position(end);
        return value;
    }

    /** Skips what {@link #put} wrote. */
    static void skip(ByteBuffer in) {
        int end = end(in);
        in.position(end);
    }

    private static int end(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        return in.position() + length;
    }
}
