package io.coterie.replication.internal.wire;

import io.coterie.rpc.codec.ByteWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What one replica remembers of another.
 *
 * @param incarnation the random number of its journal
 * @param start the random number of its latest start; null if it was remembered before there were
 *     such numbers
 */
public record Remembered(long incarnation, @Nullable Long start) {
    public void write(ByteWriter out) {
        out.putLong(incarnation);
        putOptional(start, out);
    }

    public static Remembered read(ByteBuffer in) {
        return new Remembered(in.getLong(), readOptional(in));
    }

    static void putOptional(@Nullable Long number, ByteWriter out) {
        out.putByte(number == null ? 0 : 1);
        if (number != null) {
            out.putLong(number);
        }
    }

    static @Nullable Long readOptional(ByteBuffer in) {
        return in.get() == 0 ? null : Long.valueOf(in.getLong());
    }
}
