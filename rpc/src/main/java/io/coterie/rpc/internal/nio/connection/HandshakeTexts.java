package io.coterie.rpc.internal.nio.connection;

import io.coterie.rpc.codec.ByteWriter;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** Short printable ASCII texts of the handshake. */
public final class HandshakeTexts {
    private static final int MAX_LENGTH = 255;

    private HandshakeTexts() {}

    public static void write(ByteWriter out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        int length = Math.min(MAX_LENGTH, bytes.length);
        out.putByte(length).putBytes(bytes, 0, length);
    }

    /** Reads a text. Characters that could forge lines of a log become question marks. */
    public static String read(ByteBuffer in) {
        int length = in.get() & 0xFF;
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            byte character = in.get();
            text.append(character >= ' ' && character <= '~' ? (char) character : '?');
        }
        return text.toString();
    }

    /** Like {@link #reading}, for a part after which nothing may follow. */
    public static <T> T readingAll(String what, ByteBuffer in, Supplier<T> reader) throws FrameException {
        T read = reading(what, reader);
        end(what, in);
        return read;
    }

    /** Checks that nothing is left. */
    public static void end(String what, ByteBuffer in) throws FrameException {
        if (in.hasRemaining()) {
            throw new FrameException("a " + what + " with " + in.remaining() + " bytes past its end");
        }
    }

    /**
     * Reads a part of the handshake. Turns each failure into an exception that ends the connection.
     */
    public static <T> T reading(String what, Supplier<T> reader) throws FrameException {
        try {
            return reader.get();
        } catch (BufferUnderflowException e) {
            throw new FrameException("a " + what + " that ends too early");
        } catch (IllegalArgumentException e) {
            throw new FrameException("a " + what + " that cannot be read: " + e.getMessage());
        }
    }
}
