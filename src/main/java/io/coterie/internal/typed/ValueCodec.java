package io.coterie.internal.typed;

import io.coterie.CodecFailedException;
import io.coterie.ValueTooLargeException;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A user's codec, with a limit on bytes, and with errors that say what was being written or read.
 */
public final class ValueCodec<T> {
    private final String what;
    private final Codec<T> codec;
    private final int maxBytes;
    private final String setting;
    private final String nullMessage;

    /**
     * Wraps a codec.
     *
     * @param what a noun for what it writes, for error texts
     * @param setting where the limit comes from and what a user can do about it, for error texts
     */
    public ValueCodec(String what, Codec<T> codec, int maxBytes, String setting) {
        this.what = what;
        this.codec = Objects.requireNonNull(codec, what + " codec must not be null");
        this.maxBytes = maxBytes;
        this.setting = setting;
        this.nullMessage = what + " must not be null";
    }

    byte[] encode(T value) {
        Objects.requireNonNull(value, nullMessage);
        if (value instanceof byte[] bytes && codec.equals(Codec.bytes())) {
            // The bytes are the value as it is, and no longer change.
            if (bytes.length > maxBytes) {
                throw tooLarge();
            }
            return bytes;
        }
        ByteWriter out = new ByteWriter(maxBytes);
        try {
            codec.encode(value, out);
        } catch (BufferOverflowException e) {
            throw tooLarge();
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            // A codec may throw a checked exception that it does not declare, as code of other
            // languages does.
            throw new CodecFailedException("codec " + codec + " could not write a " + what + ": " + e, false, e);
        }
        return out.toByteArray();
    }

    /**
     * Reads a value.
     *
     * @param maybeExecuted whether the operation that brought the bytes has changed something
     */
    T decode(byte[] bytes, boolean maybeExecuted) {
        return decode(bytes, 0, maybeExecuted);
    }

    /** Reads a value that begins at that offset of the bytes. */
    T decode(byte[] bytes, int from, boolean maybeExecuted) {
        int length = bytes.length - from;
        T value;
        try {
            value = codec.decode(ByteBuffer.wrap(bytes, from, length).asReadOnlyBuffer());
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw unreadable(length, e.toString(), maybeExecuted, e);
        }
        if (value == null) {
            throw unreadable(length, "it returned null", maybeExecuted, null);
        }
        return value;
    }

    private ValueTooLargeException tooLarge() {
        return new ValueTooLargeException("the " + what + " has more than " + maxBytes + " bytes, " + setting);
    }

    private CodecFailedException unreadable(int length, String why, boolean maybeExecuted, @Nullable Throwable cause) {
        return new CodecFailedException(
                "codec " + codec + " could not read a " + what + " of " + length + " bytes: " + why
                        + ". Open the store with the codec that it was written with",
                maybeExecuted,
                cause);
    }
}
