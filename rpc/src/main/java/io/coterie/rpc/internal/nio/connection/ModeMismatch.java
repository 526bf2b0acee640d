package io.coterie.rpc.internal.nio.connection;

import io.coterie.rpc.codec.ByteWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32C;

/**
 * One of two nodes speaks TLS and the other does not. The one that was dialed reports that without
 * TLS before it closes.
 */
public final class ModeMismatch {
    public static final String REMEDY = "set the same mode of security on both";

    private static final byte[] FRAME = frame();

    private ModeMismatch() {}

    /** Sends the report, as far as the socket accepts it at once. */
    public static void report(WritableByteChannel socket) throws IOException {
        socket.write(ByteBuffer.wrap(FRAME));
    }

    private static byte[] frame() {
        ByteWriter body = new ByteWriter().putByte(Frame.REFUSAL);
        new Refusal(Refusal.PLAIN_AND_TLS, "one of the two speaks TLS, and the other does not").writeTo(body);
        CRC32C crc = new CRC32C();
        crc.update(body.view());
        return new ByteWriter()
                .putBlock(body.toByteArray())
                .putInt((int) crc.getValue())
                .toByteArray();
    }
}
