package io.coterie.rpc.codec;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads what {@link ByteWriter} wrote. It checks each length before it trusts it. */
public final class ByteReaders {
    private ByteReaders() {}

    /**
     * Reads a length of four bytes and that many bytes, as written by {@link ByteWriter#putBlock}.
     *
     * @throws BufferUnderflowException if the length is negative or more than what remains; nothing
     *     is allocated then
     */
    public static byte[] readBlock(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] block = new byte[length];
        in.get(block);
        return block;
    }

    /**
     * Reads what {@link ByteWriter#putOptionalBlock} wrote.
     *
     * @return the block, or null if null was written
     * @throws BufferUnderflowException as for {@link #readBlock}
     */
    public static byte @Nullable [] readOptionalBlock(ByteBuffer in) {
        return in.get() == 0 ? null : readBlock(in);
    }
}
