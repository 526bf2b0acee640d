package io.coterie.replication;

import io.coterie.rpc.ByteReaders;
import io.coterie.rpc.ByteWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A value under last-writer-wins: of two, the one with the higher stamp stays.
 *
 * @param stamp when and by whom it was written; {@link Stamp#NONE} if the key was never written
 * @param value null for a deleted or never written key. Not to be changed
 */
public record Stamped(Stamp stamp, byte @Nullable [] value) {
    /** What a replica has for a key that was never written. */
    public static final Stamped NEVER = new Stamped(Stamp.NONE, null);

    /** Writes it as it travels and is stored. */
    public void write(ByteWriter out) {
        stamp.write(out);
        out.putOptionalBlock(value);
    }

    /** Reads what {@link #write} wrote. */
    public static Stamped read(ByteBuffer in) {
        return new Stamped(Stamp.read(in), ByteReaders.readOptionalBlock(in));
    }
}
