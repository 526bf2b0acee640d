package io.coterie.consistency.internal.register;

import io.coterie.rpc.codec.ByteReaders;
import io.coterie.rpc.codec.ByteWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What became of a batch at the node that it was forwarded to. */
public sealed interface ForwardAnswer {
    /**
     * It was applied, all of its operations in order.
     *
     * @param before the value that it was applied to: its origin derives the results from that
     */
    record Applied(byte @Nullable [] before) implements ForwardAnswer {}

    /**
     * It had been applied before.
     *
     * @param outcome as the key's state remembers it
     * @param present the key's value now
     */
    record Found(BatchOutcome outcome, byte @Nullable [] present) implements ForwardAnswer {}

    /**
     * It was not applied: its timestamp is not above the key's horizon, so that it could have been
     * applied and forgotten; or its timestamp, or its home's ballot, is too far ahead.
     *
     * @param horizon a timestamp above it will do
     */
    record Stale(long horizon) implements ForwardAnswer {}

    /** It is not known here. */
    record Unknown() implements ForwardAnswer {}

    byte APPLIED = 1;
    byte FOUND = 2;
    byte STALE = 3;
    byte UNKNOWN = 4;

    /** In bytes. */
    default byte[] encode() {
        ByteWriter out = new ByteWriter();
        write(out);
        return out.toByteArray();
    }

    /** Appends it. */
    default void write(ByteWriter out) {
        if (this instanceof Applied applied) {
            out.putByte(APPLIED).putOptionalBlock(applied.before());
        } else if (this instanceof Found found) {
            out.putByte(FOUND).putBlock(found.outcome().encode()).putOptionalBlock(found.present());
        } else if (this instanceof Stale stale) {
            out.putByte(STALE).putLong(stale.horizon());
        } else {
            out.putByte(UNKNOWN);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws RuntimeException if it is something else
     */
    static ForwardAnswer read(ByteBuffer in) {
        byte kind = in.get();
        return switch (kind) {
            case APPLIED -> new Applied(ByteReaders.readOptionalBlock(in));
            case FOUND -> new Found(BatchOutcome.decode(ByteReaders.readBlock(in)), ByteReaders.readOptionalBlock(in));
            case STALE -> new Stale(in.getLong());
            case UNKNOWN -> new Unknown();
            default -> throw new IllegalArgumentException("no answer is of kind " + kind);
        };
    }
}
