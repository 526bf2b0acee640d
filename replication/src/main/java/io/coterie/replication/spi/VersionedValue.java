package io.coterie.replication.spi;

import io.coterie.rpc.codec.ByteReaders;
import io.coterie.rpc.codec.ByteWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A value under last-writer-wins: of two values, the one with the higher timestamp stays.
 * Immutable.
 *
 * @param timestamp when and by which process it was written; {@link HlcTimestamp#NONE} if the key
 *     was never written
 * @param value the bytes, which must not be changed; null for a key that was deleted or never
 *     written
 */
public record VersionedValue(HlcTimestamp timestamp, byte @Nullable [] value) {
    /** The answer of a replica for a key that was never written. */
    public static final VersionedValue NEVER = new VersionedValue(HlcTimestamp.NONE, null);

    /** Writes the value as messages and journals have it. */
    public void write(ByteWriter out) {
        timestamp.write(out);
        out.putOptionalBlock(value);
    }

    /** Reads what {@link #write} wrote. */
    public static VersionedValue read(ByteBuffer in) {
        return new VersionedValue(HlcTimestamp.read(in), ByteReaders.readOptionalBlock(in));
    }
}
